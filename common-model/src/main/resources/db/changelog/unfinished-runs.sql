--liquibase formatted sql

--changeset netbase:unfinished-runs-1
--comment: The index of unfinished runs is for those who look for all of them, and for nobody who knows a run's id.
-- Statistics taken in a quiet moment say that it is empty. A statement on runs by their ids that also asks for
-- "finished_at is null" then reads all unfinished runs for each of its own rows. So the condition is one that only those who
-- want the index write: dev.netbase.model.run.UnfinishedSql.
drop index workflow_runs_unfinished;
create index workflow_runs_unfinished on workflow_runs (check_at)
    where coalesce(finished_at, 'infinity') = 'infinity';
--rollback drop index workflow_runs_unfinished;
--rollback create index workflow_runs_unfinished on workflow_runs (check_at) where finished_at is null;
