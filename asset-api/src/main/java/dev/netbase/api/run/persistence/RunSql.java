package dev.netbase.api.run.persistence;

import dev.netbase.model.task.AttemptSql;

/** The statements on runs and tasks. */
final class RunSql {
    /** The version to run. No lock: versions are immutable and workflows stay. */
    static final String FIND_VERSION = """
            select w.id as workflow_id, v.version, w.paused or w.max_runs is not null as limited from workflows w
            join workflow_versions v on v.workflow_id = w.id and v.version = coalesce($2::int, w.latest_version)
            where w.name = $1::text""";

    /** Waits for a transaction that is claiming the same key. */
    static final String CLAIM_KEY = """
            insert into idempotency_keys (owner_id, workflow_id, key, body_sha256, run_id)
            values ($1, $2, $3, $4, $5) on conflict do nothing""";

    static final String FIND_KEY = """
            select k.body_sha256, r.id, r.status from idempotency_keys k join workflow_runs r on r.id = k.run_id
            where k.owner_id = $1 and k.workflow_id = $2 and k.key = $3""";

    static final String INSERT_RUN = """
            insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, priority,
                held, notify, check_at)
            values ($1, $2, $3, $4, 'PENDING', $5::text::json, json_strip_nulls(json_build_object('type', 'http', 'traceparent', $9::text)), $6::int,
                $7::boolean, $8::boolean,
                case when $7::boolean then 'infinity' else now() + interval '5 seconds' end)""";

    static final String WORKFLOW_ID = "select id from workflows where name = $1";

    static final String FIND = """
            select r.id, w.name as workflow, r.workflow_version, r.status, r.inputs::text, r.trigger::text, r.priority, r.output::text,
                r.error::text, r.created_at, r.started_at, r.finished_at, r.parent_run_id, r.rerun_of, r.retries
            from workflow_runs r join workflows w on w.id = r.workflow_id where r.id = $1""";

    static final String COUNT_TASKS =
            "select run_id, status, count(*) as total from task_instances where run_id = any($1) group by run_id, status";

    static final String ENDED = "select id from workflow_runs where id = any($1) and finished_at is not null";

    /** Whoever looks after the run next does so at once, even if the hint is lost. */
    static final String CANCEL = """
            update workflow_runs set cancelling = true, check_at = least(check_at, now())
            where id = $1 and finished_at is null returning status""";

    static final String TASK_TOTAL = """
            select (select count(*) from task_instances t
                where t.run_id = r.id and ($2::text is null or t.node_key = $2)) as total
            from workflow_runs r where r.id = $1""";

    static final String TASKS = """
            select t.id, t.node_key, t.item_index, t.status, t.attempt, t.group_id, s.agent_id, t.inputs::text,
                t.output::text, t.error_code, t.error_message, t.retry_at, t.child_run_id, t.fuel_used,
                t.peak_memory_bytes, t.usage::text, t.artifacts::text, t.queued_at, t.started_at, t.finished_at
            from task_instances t left join task_specs s on s.id = t.spec_id
            where t.run_id = $1 and ($2::text is null or t.node_key = $2)
            order by t.id limit $3::bigint offset $4::bigint""";

    static final String NODES = """
            select r.workflow_id, r.workflow_version, r.finished_at is not null as ended, n.node_key, n.status,
                n.error::text as error, n.decided_at
            from workflow_runs r left join run_nodes n on n.run_id = r.id where r.id = $1""";

    static final String NODE_TASKS = """
            select node_key, status, error_code, attempt - losses - forgiven as failures, count(*) as total,
                min(queued_at) as first_queued, min(started_at) as first_started, max(finished_at) as last_finished
            from task_instances where run_id = $1 group by node_key, status, error_code, attempt - losses - forgiven""";

    static final String STDERR = "select stderr from task_instances where run_id = $1 and id = $2";

    /** All attempts of a task in one JSON array, the current one last; a row that never had a task has none. */
    static final String ATTEMPTS = "select (coalesce(t.attempts, '[]') || case when t.attempt = 0 then '[]' else "
            + AttemptSql.object("t.status")
            + " end)::text as attempts from task_instances t where run_id = $1 and id = $2";

    private RunSql() {}
}
