--liquibase formatted sql

--changeset netbase:watching-1
--comment: What somebody who follows a run has been told, numbered. Written only while somebody does.
-- A number, once given, stands: whoever comes back after it gets what follows, once, from any instance of asset-api.
create table run_events (
    run_id     text collate "C" not null,
    seq        int         not null,
    -- 0 for the run itself
    task_id    bigint      not null,
    attempt    int         not null,
    status     text        not null,
    node_key   text,
    item_index int,
    group_id   text,
    error      json,
    at         timestamptz not null,
    primary key (run_id, seq)
);
create index run_events_task on run_events (run_id, task_id);
--rollback drop table run_events;
