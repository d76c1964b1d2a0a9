--liquibase formatted sql

--changeset netbase:semantics-1
--comment: Stopping runs and nodes, waiting for retries, retrying and repeating whole runs, sub-workflows. No column that an
-- update of a task changes is indexed.

alter table workflow_runs
    -- why a run with cancelling is being stopped; null: somebody asked for it
    add column stop_reason text check (stop_reason in ('TIMEOUT', 'PARENT')),
    -- how often the run was retried from its failed nodes, and when last; its timeout counts from then
    add column retries int not null default 0,
    add column resumed_at timestamptz,
    -- the run whose inputs, and when exact whose specs, this one repeats
    add column rerun_of text collate "C",
    add column exact boolean not null default false,
    -- the task of another run that this run is an attempt of
    add column parent_run_id text collate "C",
    add column parent_task_id bigint,
    add column parent_attempt int,
    -- how many runs are above this one
    add column depth int not null default 0;
create index workflow_runs_parent on workflow_runs (parent_run_id) where parent_run_id is not null;

-- STOPPING: an element has failed, the others are being stopped (on_element_failure is fail_fast); else as DISPATCHED
alter table run_nodes drop constraint run_nodes_status_check;
alter table run_nodes
    add constraint run_nodes_status_check
        check (status in ('DISPATCHED', 'STOPPING', 'COMPLETED', 'FAILED', 'CANCELLED', 'SKIPPED')),
    -- of a for_each; null for other nodes
    add column on_element_failure text;
create index run_nodes_stopping on run_nodes (run_id) where status = 'STOPPING';

alter table task_instances
    -- a PENDING task that waits for this moment before its attempt is dispatched
    add column retry_at timestamptz,
    -- attempts that no longer count as failures, because the run was retried after them
    add column forgiven int not null default 0,
    -- the run that is this task's current attempt, where the node executes a workflow
    add column child_run_id text collate "C";

-- Which sandbox a worker was, kept after its lease: one row per start of a worker.
create table worker_engines (
    worker_id  text        not null,
    epoch      bigint      not null,
    engine     text        not null,
    started_at timestamptz not null default now(),
    primary key (worker_id, epoch)
);
