package dev.netbase.scheduler.dispatch;

import static dev.netbase.scheduler.dispatch.StatementPart.ofAdvances;

import dev.netbase.model.task.AttemptSql;
import dev.netbase.scheduler.run.domain.RunChange;
import java.util.List;
import java.util.stream.Stream;

/**
 * Parts of {@link AdvanceStatement}s that few advances need: retries and losses, stopped nodes and runs, sub-workflows.
 * Each follows on {@code advanced}, the runs that {@link AdvanceParts} has advanced.
 */
final class RareParts {
    private static final StatementPart<?> REDISPATCHED = ofAdvances("redispatched", AdvanceRows::redispatched)
            .bigint("id", AdvanceRows.RedispatchRow::taskId)
            .integer("attempt", AdvanceRows.RedispatchRow::attempt)
            .integer("lost", task -> lost(task.reason()))
            .text("group_id", AdvanceRows.RedispatchRow::groupId)
            .text("child_run_id", AdvanceRows.RedispatchRow::childRunId)
            .as("""
                update task_instances t set
                    status = case when x.child_run_id is null then 'PENDING' else 'RUNNING' end,
                    attempt = x.attempt + (x.lost > 0)::int, losses = t.losses + (x.lost > 0)::int,
                    deaths = t.deaths + (x.lost > 1)::int, lone_deaths = t.lone_deaths + (x.lost > 2)::int,
                    alone = false, group_id = x.group_id,
                    child_run_id = x.child_run_id, retry_at = null, queued_at = clock_timestamp(),
                    started_at = case when x.child_run_id is not null then clock_timestamp() end,
                    finished_at = null, worker_id = null, worker_epoch = null, error_code = null,
                    error_message = null, stderr = null, fuel_used = null, peak_memory_bytes = null, usage = null,
                    attempts = case when x.lost > 0 then coalesce(t.attempts, '[]') || %s else t.attempts end
                from {rows} join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt
                    and case when x.lost > 0 then t.status = 'RUNNING'
                             else t.status = 'PENDING' and t.retry_at is not null end
                returning t.run_id, t.id, t.attempt""".formatted(AttemptSql.object("'LOST'")))
            .answering("redispatched");

    private static final StatementPart<?> CANCELLED = ofAdvances("cancelled", AdvanceRows::cancelled)
            .bigint("id", AdvanceRows.CancelledRow::taskId)
            .integer("attempt", AdvanceRows.CancelledRow::attempt)
            .as("""
                update task_instances t set
                    status = 'CANCELLED', error_code = 'CANCELLED', error_message = 'cancelled; its worker was lost',
                    finished_at = clock_timestamp()
                from {rows} join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt and t.status = 'RUNNING'""");

    private static final StatementPart<?> WITHDRAWN = ofAdvances(
                    "withdrawn", advance -> advance.withdrawQueued() ? List.of(advance.run()) : List.of())
            .as("""
                update task_instances t set
                    status = 'CANCELLED', error_code = 'CANCELLED', error_message = 'the run was stopped',
                    finished_at = clock_timestamp(), retry_at = null
                from {rows} join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.status = 'PENDING'
                returning t.run_id, t.id, t.attempt""")
            .answering("withdrawn");

    private static final StatementPart<?> WAITING = ofAdvances(
                    "waiting", advance -> advance.extras().waiting())
            .bigint("id", AdvanceExtras.WaitingRow::taskId)
            .integer("attempt", AdvanceExtras.WaitingRow::attempt)
            .timestamptz("retry_at", AdvanceExtras.WaitingRow::retryAt)
            .as("""
                update task_instances t set
                    status = 'PENDING', attempt = x.attempt + 1, retry_at = x.retry_at,
                    queued_at = clock_timestamp(), started_at = null, finished_at = null, worker_id = null,
                    worker_epoch = null, attempts = coalesce(t.attempts, '[]') || %s
                from {rows} join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt and t.status = 'FAILED'
                returning t.run_id, t.id, t.attempt""".formatted(AttemptSql.object("t.status")))
            .answering("redispatched");

    private static final StatementPart<?> STOPPED_NODES =
            stoppedNodes("stopped_nodes").as("""
                update run_nodes n set status = 'STOPPING'
                from {rows} join advanced on advanced.id = x.run_id
                where n.run_id = x.run_id and n.node_key = x.node_key and n.status = 'DISPATCHED'""");

    private static final StatementPart<?> WITHDRAWN_ELEMENTS =
            stoppedNodes("withdrawn_elements").as("""
                update task_instances t set
                    status = 'CANCELLED', error_code = 'CANCELLED', finished_at = clock_timestamp(), retry_at = null,
                    error_message = 'another element failed, and on_element_failure is fail_fast'
                from {rows} join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.node_key = x.node_key and t.status = 'PENDING'
                returning t.run_id, t.id, t.attempt""").answering("withdrawn");

    private static final StatementPart<?> CHILD_TASKS = ofAdvances(
                    "child_tasks", advance -> advance.extras().childTasks())
            .bigint("id", AdvanceExtras.ChildTaskRow::id)
            .text("node_key", AdvanceExtras.ChildTaskRow::node)
            .integer("item_index", AdvanceExtras.ChildTaskRow::index)
            .text("inputs", AdvanceExtras.ChildTaskRow::inputs)
            .text("child_run_id", AdvanceExtras.ChildTaskRow::childRunId)
            .as("""
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, inputs, child_run_id,
                                            started_at)
                select x.run_id, x.id, x.node_key, x.item_index, 'RUNNING', 1, x.inputs::json, x.child_run_id,
                       clock_timestamp()
                from {rows} join advanced on advanced.id = x.run_id""");

    private static final StatementPart<?> CHILD_RUNS = ofAdvances(
                    "child_runs", advance -> advance.extras().childRuns())
            .text("id", AdvanceExtras.ChildRunRow::id)
            .bigint("task_id", AdvanceExtras.ChildRunRow::taskId)
            .integer("attempt", AdvanceExtras.ChildRunRow::attempt)
            .text("node_key", AdvanceExtras.ChildRunRow::node)
            .integer("item_index", AdvanceExtras.ChildRunRow::index)
            .bigint("workflow_id", AdvanceExtras.ChildRunRow::workflowId)
            .integer("version", AdvanceExtras.ChildRunRow::version)
            .text("inputs", AdvanceExtras.ChildRunRow::inputs)
            .text("trigger", AdvanceExtras.ChildRunRow::trigger)
            .as("""
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger,
                                           parent_run_id, parent_task_id, parent_attempt, depth, rerun_of, exact, specs,
                                           priority, notify)
                select x.id, x.workflow_id, x.version, p.owner_id, 'PENDING', x.inputs::json, x.trigger::json,
                       x.run_id, x.task_id, x.attempt, p.depth + 1, origin.id, origin.id is not null, origin.specs,
                       p.priority,
                       v.has_webhooks
                from {rows}
                join advanced on advanced.id = x.run_id
                join workflow_runs p on p.id = x.run_id
                join workflow_versions v on v.workflow_id = x.workflow_id and v.version = x.version
                left join lateral (
                    select o.id, o.specs
                    from task_instances t join workflow_runs o on o.id = t.child_run_id
                    where p.exact and t.run_id = p.rerun_of and t.node_key = x.node_key
                        and t.item_index is not distinct from x.item_index
                        and o.specs is not null and o.specs::text <> '{}') origin on true""");

    private static final StatementPart<?> PARENT_TASKS = ofAdvances(
                    "parent_tasks",
                    advance -> Stream.ofNullable(advance.extras().parentTask()).toList())
            .text("parent_run_id", AdvanceExtras.ParentTaskRow::runId)
            .bigint("id", AdvanceExtras.ParentTaskRow::taskId)
            .integer("attempt", AdvanceExtras.ParentTaskRow::attempt)
            .text("status", AdvanceExtras.ParentTaskRow::status)
            .text("output", AdvanceExtras.ParentTaskRow::output)
            .text("error_code", AdvanceExtras.ParentTaskRow::errorCode)
            .text("error_message", AdvanceExtras.ParentTaskRow::errorMessage)
            .as("""
                update task_instances t set
                    status = x.status, output = x.output::json, error_code = x.error_code,
                    error_message = x.error_message, finished_at = clock_timestamp()
                from {rows} join advanced on advanced.id = x.run_id
                where t.run_id = x.parent_run_id and t.id = x.id and t.attempt = x.attempt
                    and t.child_run_id = x.run_id and t.status = 'RUNNING'""");

    private static final StatementPart<?> GIVEN_UP = ofAdvances(
                    "given_up", advance -> advance.extras().givenUp())
            .bigint("id", AdvanceExtras.GivenUpRow::taskId)
            .integer("attempt", AdvanceExtras.GivenUpRow::attempt)
            .text("code", AdvanceExtras.GivenUpRow::code)
            .text("message", AdvanceExtras.GivenUpRow::message)
            .as("""
                update task_instances t set
                    status = 'FAILED', error_code = x.code, error_message = x.message, finished_at = clock_timestamp()
                from {rows} join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt and t.status = 'RUNNING'""");

    /** All of them. */
    static final List<StatementPart<?>> ALL = List.of(
            REDISPATCHED,
            CANCELLED,
            WITHDRAWN,
            WAITING,
            STOPPED_NODES,
            WITHDRAWN_ELEMENTS,
            CHILD_TASKS,
            CHILD_RUNS,
            PARENT_TASKS,
            GIVEN_UP);

    private RareParts() {}

    private static StatementPart<String> stoppedNodes(String name) {
        return ofAdvances(name, advance -> advance.extras().stoppedNodes()).text("node_key", node -> node);
    }

    /** How the statement tells losses apart. */
    private static int lost(RunChange.TaskRedispatched.Reason reason) {
        return switch (reason) {
            case WAITED -> 0;
            case GIVEN_BACK -> 1;
            case LOST -> 2;
            case LOST_ALONE -> 3;
        };
    }
}
