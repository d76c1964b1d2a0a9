package dev.netbase.api.run.persistence;

import dev.netbase.model.task.AttemptSql;

/**
 * The statements that make runs go on, or again. A retried run's rows say what a scheduler does when it reads them: tasks
 * that did not complete wait for their next attempt, due now; nodes that ended without a task are as if never decided.
 */
final class RepeatSql {
    /** Locks the run against others that would retry it. One that never fixed what to execute begins anew. */
    static final String REOPEN = """
            update workflow_runs r set
                status = case when coalesce(specs::text, '{}') = '{}' then 'PENDING' else 'RUNNING' end,
                version = version + 1, retries = retries + 1, resumed_at = clock_timestamp(), check_at = now(),
                finished_at = null, output = null, error = null, cancelling = false, stop_reason = null, held = false,
                notify = (select v.has_webhooks from workflow_versions v
                          where v.workflow_id = r.workflow_id and v.version = r.workflow_version)
            where id = $1 and status in ('FAILED', 'CANCELLED') and finished_at is not null and parent_run_id is null
            returning status""";

    static final String STATUS = "select status, parent_run_id from workflow_runs where id = $1";

    /** Nodes that never had a task that could run: their expressions are evaluated again. */
    static final String FORGET_NODES = """
            delete from run_nodes n where n.run_id = $1 and (
                n.status in ('FAILED', 'CANCELLED')
                or n.status in ('DISPATCHED', 'STOPPING') and n.on_element_failure is distinct from 'continue'
                    and not exists (select from task_instances t
                                    where t.run_id = $1 and t.node_key = n.node_key and t.inputs is not null))""";

    static final String FORGET_TASKS = """
            delete from task_instances t where t.run_id = $1 and t.status in ('FAILED', 'CANCELLED')
                and not exists (select from run_nodes n where n.run_id = $1 and n.node_key = t.node_key)""";

    static final String REOPEN_NODES =
            "update run_nodes set status = 'DISPATCHED' where run_id = $1 and status = 'STOPPING'";

    /** The failed elements of a node that overlooks them stay as they are. */
    static final String REOPEN_TASKS = """
            update task_instances t set
                status = 'PENDING', attempt = t.attempt + 1, forgiven = t.attempt, losses = 0,
                deaths = 0, lone_deaths = 0, alone = false, usage = null, artifacts = null,
                attempts = coalesce(t.attempts, '[]') || %s,
                retry_at = clock_timestamp(), queued_at = clock_timestamp(), started_at = null, finished_at = null, worker_id = null,
                worker_epoch = null
            from run_nodes n
            where t.run_id = $1 and n.run_id = $1 and n.node_key = t.node_key and t.inputs is not null
                and (t.status = 'CANCELLED'
                     or t.status = 'FAILED' and n.on_element_failure is distinct from 'continue')""".replace("%s", AttemptSql.object("t.status"));

    static final String WORKFLOW_OF = "select workflow_id from workflow_runs where id = $1";

    static final String RERUN = """
            insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, rerun_of,
                                       exact, specs, priority, notify, held, check_at)
            select $2, o.workflow_id, o.workflow_version, $3, 'PENDING', o.inputs,
                   json_strip_nulls(json_build_object('type', 'rerun', 'run_id', o.id, 'exact', $4::boolean,
                                                      'traceparent', $5::text)), o.id, $4::boolean,
                   case when $4::boolean then o.specs end, o.priority, v.has_webhooks, w.limited,
                   case when w.limited then 'infinity' else now() + interval '5 seconds' end
            from workflow_runs o
            join workflow_versions v on v.workflow_id = o.workflow_id and v.version = o.workflow_version
            join (select id, paused or max_runs is not null as limited from workflows) w on w.id = o.workflow_id
            where o.id = $1 and (not $4::boolean or coalesce(o.specs::text, '{}') <> '{}')
            returning held""";

    static final String COMPARISON = """
            select r.rerun_of, r.exact, coalesce(r.finished_at is not null and o.finished_at is not null, false) as complete,
                r.output::text is distinct from o.output::text as output_differs
            from workflow_runs r left join workflow_runs o on o.id = r.rerun_of where r.id = $1""";

    /** A reference to a large value names the digest of the value's JSON text; that of any other text is computed. */
    private static final String SHA256 = """
            case when %1$s::text ~ '^\\{"\\$artifact":"[0-9a-f]{64}"\\}$' then substr(%1$s::text, 15, 64)
                 else encode(sha256(convert_to(%1$s::text, 'UTF8')), 'hex') end""";

    /** Tasks of two runs, place by place. */
    private static final String PAIRS = """
            with t as (select id, node_key, coalesce(item_index, -1) as place, item_index, status, %s as sha256
                       from task_instances where run_id = $1),
                 o as (select id, node_key, coalesce(item_index, -1) as place, item_index, status, %s as sha256
                       from task_instances where run_id = $2)
            select coalesce(t.node_key, o.node_key) as node_key, coalesce(t.item_index, o.item_index) as item_index,
                t.id, t.status, t.sha256, o.id as origin_id, o.status as origin_status, o.sha256 as origin_sha256
            from t full join o on t.node_key = o.node_key and t.place = o.place
            where t.sha256 is distinct from o.sha256 or t.status is distinct from o.status""".formatted(SHA256.formatted("output"), SHA256.formatted("output"));

    static final String DIFFERENCES = PAIRS + " order by 1, 2 limit $3::bigint offset $4::bigint";
    static final String COUNT_DIFFERENCES = "select count(*) as total from (" + PAIRS + ") pairs";

    static final String RUN = """
            select r.id, w.name as workflow, r.workflow_version, r.trigger::text as trigger, r.rerun_of, r.exact,
                r.parent_run_id, %s as inputs_sha256, %s as output_sha256
            from workflow_runs r join workflows w on w.id = r.workflow_id where r.id = $1""".formatted(SHA256.formatted("r.inputs"), SHA256.formatted("r.output"));

    static final String ENGINES = """
            select distinct e.engine
            from task_instances t join worker_engines e on e.worker_id = t.worker_id and e.epoch = t.worker_epoch
            where t.run_id = $1 order by 1""";

    static final String NODES = """
            select n.key as node, s.agent_id, s.agent_type, s.asset_file_id, s.config::text as config, f.relative_path,
                f.checksum, v.version_string, p.nanoid, w.name as workflow,
                case when json_typeof(n.value) = 'object' then (n.value ->> 'version')::int end as version
            from workflow_runs r
            cross join lateral json_each(r.specs) n
            left join task_specs s on s.id = case when json_typeof(n.value) = 'number' then (n.value::text)::bigint end
            left join asset_files f on f.id = s.asset_file_id
            left join asset_versions v on v.id = f.version_id
            left join asset_packages p on p.id = v.package_id
            left join workflows w
                on w.id = case when json_typeof(n.value) = 'object' then (n.value ->> 'workflow_id')::bigint end
            where r.id = $1 order by n.key""";

    static final String TASK_PARTS = """
            select t.id, t.node_key, t.item_index, t.attempt, %s as inputs_sha256, %s as output_sha256, t.timeout_ms,
                e.engine, t.child_run_id
            from task_instances t
            left join worker_engines e on e.worker_id = t.worker_id and e.epoch = t.worker_epoch
            where t.run_id = $1 order by t.id limit $2::bigint offset $3::bigint""".formatted(SHA256.formatted("t.inputs"), SHA256.formatted("t.output"));

    private RepeatSql() {}
}
