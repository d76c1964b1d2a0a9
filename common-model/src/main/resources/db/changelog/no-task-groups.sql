--liquibase formatted sql

--changeset netbase:no-task-groups-1
--comment: Nobody read this table. Which tasks were in a group is said by their group_id and by its record.
drop table task_groups;
--rollback create table task_groups (
--rollback     id         text primary key,
--rollback     run_id     text collate "C" not null,
--rollback     task_count int         not null,
--rollback     created_at timestamptz not null default now()
--rollback );
--rollback create index task_groups_age on task_groups using brin (created_at);
