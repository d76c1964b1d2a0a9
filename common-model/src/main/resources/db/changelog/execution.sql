--liquibase formatted sql

--changeset netbase:execution-1
--comment: What runs. Payloads are json, not jsonb: kept as written, NUL escapes allowed, no conversion on the hot path.

-- An agent as a node will run it: its file and its merged configuration. Immutable and shared by all runs that resolve
-- to the same; services cache rows by id without end.
create sequence task_specs_seq;
create table task_specs (
    id            bigint primary key default nextval('task_specs_seq'),
    digest        text   not null unique,
    agent_id      bigint not null,
    agent_type    text   not null,
    asset_file_id bigint not null references asset_files,
    config        json   not null
);

create table workflow_runs (
    id               text collate "C" primary key,
    workflow_id      bigint      not null references workflows,
    workflow_version int         not null,
    owner_id         bigint      not null,
    status           text        not null check (status in ('PENDING', 'RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
    -- every advance is conditional on this number as it was read, and adds one
    version          bigint      not null default 0,
    cancelling       boolean     not null default false,
    inputs           json        not null,
    -- node key -> task_specs.id, fixed when the run starts
    specs            json,
    output           json,
    error            json,
    trigger          json        not null,
    created_at       timestamptz not null default now(),
    started_at       timestamptz,
    finished_at      timestamptz,
    -- when the sweep looks at the run again, whatever events said
    check_at         timestamptz not null default now() + interval '5 seconds'
) with (fillfactor = 70);
create index workflow_runs_unfinished on workflow_runs (check_at) where finished_at is null;
create index workflow_runs_workflow on workflow_runs (workflow_id, id);
create index workflow_runs_cancelling on workflow_runs (id) where cancelling and finished_at is null;

-- One row per node that has been decided: dispatched with so many tasks, or ended without any.
-- What its tasks say is not repeated here, so a fan-out of thousands has no hot row.
create table run_nodes (
    run_id   text collate "C" not null,
    node_key text        not null,
    -- DISPATCHED: see its tasks; the others ended without one, or despite them
    status   text        not null check (status in ('DISPATCHED', 'COMPLETED', 'FAILED', 'CANCELLED', 'SKIPPED')),
    total    int         not null,
    error    json,
    decided_at timestamptz not null default now(),
    primary key (run_id, node_key)
);

create table task_groups (
    id         text primary key,
    run_id     text collate "C" not null,
    task_count int         not null,
    created_at timestamptz not null default now()
);

create sequence task_instances_seq increment by 1000;
-- No index names the status: every update of a task stays on its page (HOT), and history costs nothing.
create table task_instances (
    run_id            text collate "C" not null,
    id                bigint      not null,
    node_key          text        not null,
    item_index        int,
    status            text        not null,
    attempt           int         not null,
    -- how many of the attempts ended with a lost worker; those do not count as retries
    losses            int         not null default 0,
    -- null for a row that only shows how a node without tasks ended
    group_id          text,
    spec_id           bigint,
    timeout_ms        bigint,
    inputs            json,
    output            json,
    error_code        text,
    error_message     text,
    stderr            bytea,
    worker_id         text,
    worker_epoch      bigint,
    fuel_used         bigint,
    peak_memory_bytes bigint,
    queued_at         timestamptz not null default now(),
    started_at        timestamptz,
    finished_at       timestamptz,
    primary key (run_id, id)
) with (fillfactor = 50);

-- A worker's lease. Its tasks belong to (id, epoch); when the epoch is no longer current or the deadline has passed,
-- they are lost and run elsewhere.
create table workers (
    id         text primary key,
    epoch      bigint      not null,
    deadline   timestamptz not null,
    started_at timestamptz not null default now()
);

create table outbox (
    -- time-ordered, so that the relay reads oldest first
    id         text collate "C" primary key,
    topic      text        not null,
    key        text        not null,
    value      bytea       not null,
    headers    json        not null,
    created_at timestamptz not null default now()
);

-- The same event starts one run of a workflow, ever.
create table trigger_events (
    workflow_id bigint      not null,
    event_id    text        not null,
    run_id      text collate "C" not null,
    created_at  timestamptz not null default now(),
    primary key (workflow_id, event_id)
);

create table idempotency_keys (
    owner_id    bigint      not null,
    workflow_id bigint      not null,
    key         text        not null,
    body_sha256 text        not null,
    run_id      text collate "C" not null,
    created_at  timestamptz not null default now(),
    primary key (owner_id, workflow_id, key)
);
