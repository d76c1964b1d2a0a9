package dev.netbase.scheduler.dispatch;

import io.vertx.mutiny.sqlclient.Tuple;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;

/** The statement of {@link AdvanceStatement} with the parts that few advances need. */
final class AdvanceExtrasStatement {
    static final String SQL = AdvanceStatement.PARTS + """
            ,
            waiting as (
                update task_instances t set
                    status = 'PENDING', attempt = x.attempt + 1, retry_at = x.retry_at,
                    queued_at = clock_timestamp(), started_at = null, finished_at = null, worker_id = null,
                    worker_epoch = null
                from unnest($47::text[], $48::bigint[], $49::int[], $50::timestamptz[])
                    as x (run_id, id, attempt, retry_at)
                join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt and t.status = 'FAILED'
                returning t.run_id, t.id, t.attempt),
            stopped_nodes as (
                update run_nodes n set status = 'STOPPING'
                from unnest($51::text[], $52::text[]) as x (run_id, node_key)
                join advanced on advanced.id = x.run_id
                where n.run_id = x.run_id and n.node_key = x.node_key and n.status = 'DISPATCHED'),
            withdrawn_elements as (
                update task_instances t set
                    status = 'CANCELLED', error_code = 'CANCELLED', finished_at = clock_timestamp(), retry_at = null,
                    error_message = 'another element failed, and on_element_failure is fail_fast'
                from unnest($51::text[], $52::text[]) as x (run_id, node_key)
                join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.node_key = x.node_key and t.status = 'PENDING'
                returning t.run_id, t.id, t.attempt),
            child_tasks as (
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, inputs, child_run_id,
                                            started_at)
                select x.run_id, x.id, x.node_key, x.item_index, 'RUNNING', 1, x.inputs::json, x.child_run_id,
                       clock_timestamp()
                from unnest($53::text[], $54::bigint[], $55::text[], $56::int[], $57::text[], $58::text[])
                    as x (run_id, id, node_key, item_index, inputs, child_run_id)
                join advanced on advanced.id = x.run_id),
            child_runs as (
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger,
                                           parent_run_id, parent_task_id, parent_attempt, depth, rerun_of, exact, specs,
                                           priority, notify)
                select x.id, x.workflow_id, x.version, p.owner_id, 'PENDING', x.inputs::json, x.trigger::json,
                       x.run_id, x.task_id, x.attempt, p.depth + 1, origin.id, origin.id is not null, origin.specs,
                       p.priority,
                       v.has_webhooks
                from unnest($59::text[], $60::text[], $61::bigint[], $62::int[], $63::text[], $64::int[],
                            $65::bigint[], $66::int[], $67::text[], $68::text[])
                    as x (id, run_id, task_id, attempt, node_key, item_index, workflow_id, version, inputs, trigger)
                join advanced on advanced.id = x.run_id
                join workflow_runs p on p.id = x.run_id
                join workflow_versions v on v.workflow_id = x.workflow_id and v.version = x.version
                left join lateral (
                    select o.id, o.specs
                    from task_instances t join workflow_runs o on o.id = t.child_run_id
                    where p.exact and t.run_id = p.rerun_of and t.node_key = x.node_key
                        and t.item_index is not distinct from x.item_index
                        and o.specs is not null and o.specs::text <> '{}') origin on true),
            parent_tasks as (
                update task_instances t set
                    status = x.status, output = x.output::json, error_code = x.error_code,
                    error_message = x.error_message, finished_at = clock_timestamp()
                from unnest($69::text[], $70::text[], $71::bigint[], $72::int[], $73::text[], $74::text[], $75::text[],
                            $76::text[])
                    as x (child_id, run_id, id, attempt, status, output, error_code, error_message)
                join advanced on advanced.id = x.child_id
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt and t.child_run_id = x.child_id
                    and t.status = 'RUNNING')
            """ + AdvanceStatement.ANSWER + """

            union all select 'redispatched', run_id, id, attempt from waiting
            union all select 'withdrawn', run_id, id, attempt from withdrawn_elements""";

    private AdvanceExtrasStatement() {}

    static Tuple arguments(List<AdvanceRows> advances) {
        Tuple arguments = AdvanceStatement.arguments(advances);
        Columns.of(advances, advance -> advance.extras().waiting())
                .runIds(arguments)
                .add(arguments, AdvanceExtras.WaitingRow::taskId, Long[]::new)
                .add(arguments, AdvanceExtras.WaitingRow::attempt, Integer[]::new)
                .add(arguments, row -> row.retryAt().atOffset(ZoneOffset.UTC), OffsetDateTime[]::new);
        Columns.of(advances, advance -> advance.extras().stoppedNodes())
                .runIds(arguments)
                .add(arguments, node -> node, String[]::new);
        Columns.of(advances, advance -> advance.extras().childTasks())
                .runIds(arguments)
                .add(arguments, AdvanceExtras.ChildTaskRow::id, Long[]::new)
                .add(arguments, AdvanceExtras.ChildTaskRow::node, String[]::new)
                .add(arguments, AdvanceExtras.ChildTaskRow::index, Integer[]::new)
                .add(arguments, AdvanceExtras.ChildTaskRow::inputs, String[]::new)
                .add(arguments, AdvanceExtras.ChildTaskRow::childRunId, String[]::new);
        addChildRuns(arguments, Columns.of(advances, advance -> advance.extras().childRuns()));
        addParentTasks(arguments, Columns.of(advances, AdvanceExtrasStatement::parentTask));
        return arguments;
    }

    private static List<AdvanceExtras.ParentTaskRow> parentTask(AdvanceRows advance) {
        AdvanceExtras.ParentTaskRow row = advance.extras().parentTask();
        return row == null ? List.of() : List.of(row);
    }

    private static void addChildRuns(Tuple arguments, Columns<AdvanceExtras.ChildRunRow> runs) {
        runs.add(arguments, AdvanceExtras.ChildRunRow::id, String[]::new)
                .runIds(arguments)
                .add(arguments, AdvanceExtras.ChildRunRow::taskId, Long[]::new)
                .add(arguments, AdvanceExtras.ChildRunRow::attempt, Integer[]::new)
                .add(arguments, AdvanceExtras.ChildRunRow::node, String[]::new)
                .add(arguments, AdvanceExtras.ChildRunRow::index, Integer[]::new)
                .add(arguments, AdvanceExtras.ChildRunRow::workflowId, Long[]::new)
                .add(arguments, AdvanceExtras.ChildRunRow::version, Integer[]::new)
                .add(arguments, AdvanceExtras.ChildRunRow::inputs, String[]::new)
                .add(arguments, AdvanceExtras.ChildRunRow::trigger, String[]::new);
    }

    private static void addParentTasks(Tuple arguments, Columns<AdvanceExtras.ParentTaskRow> tasks) {
        tasks.runIds(arguments)
                .add(arguments, AdvanceExtras.ParentTaskRow::runId, String[]::new)
                .add(arguments, AdvanceExtras.ParentTaskRow::taskId, Long[]::new)
                .add(arguments, AdvanceExtras.ParentTaskRow::attempt, Integer[]::new)
                .add(arguments, AdvanceExtras.ParentTaskRow::status, String[]::new)
                .add(arguments, AdvanceExtras.ParentTaskRow::output, String[]::new)
                .add(arguments, AdvanceExtras.ParentTaskRow::errorCode, String[]::new)
                .add(arguments, AdvanceExtras.ParentTaskRow::errorMessage, String[]::new);
    }
}
