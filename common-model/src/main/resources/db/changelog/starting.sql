--liquibase formatted sql

--changeset netbase:starting-1
--comment: Runs that wait to be admitted: their workflow is paused or limited, or enough runs are under way.
alter table workflows add column paused boolean not null default false;
-- what the latest version says; null for any number
alter table workflows add column max_runs int;
alter table workflow_runs add column priority smallint not null default 0;
-- a held run starts only when the scheduler admits it; its check_at is infinity, so that no sweep looks at it
alter table workflow_runs add column held boolean not null default false;
-- somebody is to be told of the run's end, and no delivery has been written yet
alter table workflow_runs add column notify boolean not null default false;
-- A run that is not held, or of which nobody is told, is in none of these: starting and ending it costs nothing more.
create index workflow_runs_held on workflow_runs (workflow_id, priority desc, id) where held and finished_at is null;
create index workflow_runs_notify on workflow_runs (id) where notify and finished_at is not null;
--rollback drop index workflow_runs_notify;
--rollback drop index workflow_runs_held;
--rollback alter table workflow_runs drop column notify, drop column held, drop column priority;
--rollback alter table workflows drop column max_runs, drop column paused;

--changeset netbase:starting-2
--comment: Schedules and their ticks. A tick is decided once, whoever comes first: its key says so.
create sequence schedules_seq;
create table schedules (
    id          bigint primary key default nextval('schedules_seq'),
    name        text        not null unique,
    workflow_id bigint      not null references workflows,
    -- null for the latest at each tick
    version     int,
    cron        text        not null,
    time_zone   text        not null,
    inputs      json        not null,
    priority    smallint,
    catch_up    text        not null check (catch_up in ('skip', 'one', 'all')),
    overlap     text        not null check (overlap in ('allow', 'skip', 'queue')),
    paused      boolean     not null default false,
    -- the first tick that has not been decided; null if none will ever come
    next_at     timestamptz,
    last_run_id text collate "C",
    owner_id    bigint      not null references users,
    created_at  timestamptz not null default now(),
    updated_at  timestamptz not null default now()
);
create index schedules_due on schedules (next_at) where not paused;
create index schedules_workflow on schedules (workflow_id);

create table schedule_ticks (
    schedule_id bigint      not null,
    tick_at     timestamptz not null,
    outcome     text        not null check (outcome in ('STARTED', 'SKIPPED', 'QUEUED', 'REFUSED')),
    run_id      text collate "C",
    reason      text,
    decided_at  timestamptz not null default now(),
    primary key (schedule_id, tick_at)
);
create index schedule_ticks_queued on schedule_ticks (schedule_id, tick_at) where outcome = 'QUEUED';
--rollback drop table schedule_ticks;
--rollback drop table schedules;
--rollback drop sequence schedules_seq;

--changeset netbase:starting-3
--comment: Telling others of a run's end, at least once.
create table webhook_deliveries (
    -- the webhook-id: the same for every attempt
    id          text collate "C" primary key,
    run_id      text collate "C" not null,
    url         text        not null,
    body        text        not null,
    attempts    int         not null default 0,
    -- when the next attempt is due; null when it was delivered or given up
    next_at     timestamptz default now(),
    delivered_at timestamptz,
    -- why the last attempt failed
    error       text,
    created_at  timestamptz not null default now()
);
create index webhook_deliveries_due on webhook_deliveries (next_at) where next_at is not null;
create index webhook_deliveries_run on webhook_deliveries (run_id);
--rollback drop table webhook_deliveries;

--changeset netbase:starting-4
--comment: Retention finds by age, without a cost that writers would feel.
create index task_groups_age on task_groups using brin (created_at);
create index trigger_events_age on trigger_events using brin (created_at);
create index idempotency_keys_run on idempotency_keys (run_id);
-- what one scheduler at a time does now and then
create table chores (
    name   text primary key,
    due_at timestamptz not null
);
--rollback drop table chores;
--rollback drop index idempotency_keys_run;
--rollback drop index trigger_events_age;
--rollback drop index task_groups_age;

--changeset netbase:starting-5
--comment: Whether a version names somebody to be told of a run's end, so that runs made in SQL know.
alter table workflow_versions add column has_webhooks boolean not null default false;
update workflow_versions set has_webhooks = true
where definition -> 'on_complete' is not null or definition -> 'on_failure' is not null;
--rollback alter table workflow_versions drop column has_webhooks;
