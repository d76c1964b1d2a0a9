--liquibase formatted sql

--changeset netbase:task-files-1
--comment: Files into and out of tasks, what each attempt used, and whose worker was lost. No index: updates stay HOT.

alter table task_instances
    -- what the task finds in its workspace: [{"path":…,"from":…}]
    add column files        json,
    -- what it left under out: [{"path":…,"sha256":…,"size_bytes":…}], or a reference to that list
    add column artifacts    json,
    -- what the current attempt used beside fuel and memory
    add column usage        json,
    -- the attempts before the current one, each with its outcome and usage
    add column attempts     jsonb,
    -- of the losses, those whose worker died with the task under way
    add column deaths       int     not null default 0,
    -- of the deaths, those at which nothing else was under way on the worker
    add column lone_deaths  int     not null default 0,
    -- the current attempt runs with nothing else under way on its worker
    add column alone        boolean not null default false;

-- What was found when a worker's lease had run out, so that every scheduler draws the same conclusions; or, written by
-- the worker itself, that it gave its tasks back.
create table lost_workers (
    worker_id    text        not null,
    worker_epoch bigint      not null,
    -- it stopped in good order, or went on under a new lease: its tasks are innocent
    gave_back    boolean     not null,
    -- how many tasks it had claimed and not reported
    tasks        int         not null,
    -- one of them had the worker for itself
    isolated     boolean     not null,
    noticed_at   timestamptz not null default clock_timestamp(),
    primary key (worker_id, worker_epoch)
);

--rollback drop table lost_workers;
--rollback alter table task_instances drop column files, drop column artifacts, drop column usage, drop column attempts, drop column deaths, drop column lone_deaths, drop column alone;
