package dev.netbase.scheduler.dispatch;

import static dev.netbase.scheduler.dispatch.StatementPart.ofAdvances;

import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskHint;
import dev.netbase.model.task.ShortTaskSql;
import dev.netbase.model.task.TaskStatus;
import dev.netbase.scheduler.outbox.OutboxRecord;
import java.util.List;

/** What {@link AdvanceStatement}s consist of, beside {@link RareParts}. */
final class AdvanceParts {
    /** Its argument is one more condition on a run {@code r}. */
    private static final String ADVANCE = """
                update workflow_runs r set
                    version = r.version + 1,
                    status = coalesce(x.status, r.status),
                    started_at = case when x.started then clock_timestamp() else r.started_at end,
                    finished_at = case when x.ended then clock_timestamp() end,
                    output = x.output::json,
                    error = x.error::json,
                    specs = coalesce(x.specs::json, r.specs),
                    cancelling = r.cancelling or x.stop is not null,
                    stop_reason = case when x.stop is null then r.stop_reason else nullif(x.stop, 'CANCELLED') end
                from {rows}
                where r.id = x.run_id and r.version = x.version and r.finished_at is null
                    and (x.stop is not null or not r.cancelling)
                    and %s
                returning r.id""";

    private static final StatementPart<AdvanceRows.RunRow> RUNS = ofAdvances(
                    "advanced", advance -> List.of(advance.run()))
            .bigint("version", AdvanceRows.RunRow::expectedVersion)
            .text("status", AdvanceRows.RunRow::status)
            .bool("started", AdvanceRows.RunRow::started)
            .bool("ended", AdvanceRows.RunRow::ended)
            .text("output", AdvanceRows.RunRow::output)
            .text("error", AdvanceRows.RunRow::error)
            .text("specs", AdvanceRows.RunRow::specs)
            .text("stop", AdvanceRows.RunRow::stop);

    private static final StatementPart<AdvanceRows.NodeRow> NODES = ofAdvances("nodes", AdvanceRows::nodes)
            .text("node_key", AdvanceRows.NodeRow::key)
            .text("status", AdvanceRows.NodeRow::status)
            .integer("total", AdvanceRows.NodeRow::total)
            .text("error", AdvanceRows.NodeRow::error)
            .text("on_element_failure", AdvanceRows.NodeRow::onElementFailure)
            .as("""
                insert into run_nodes (run_id, node_key, status, total, error, on_element_failure)
                select x.run_id, x.node_key, x.status, x.total, x.error::json, x.on_element_failure
                from {rows} join advanced on advanced.id = x.run_id""");

    private static final StatementPart<AdvanceRows.TaskRow> TASKS = ofAdvances("tasks", AdvanceRows::tasks)
            .bigint("id", AdvanceRows.TaskRow::id)
            .text("node_key", AdvanceRows.TaskRow::node)
            .integer("item_index", AdvanceRows.TaskRow::index)
            .text("status", AdvanceRows.TaskRow::status)
            .integer("attempt", AdvanceRows.TaskRow::attempt)
            .text("group_id", AdvanceRows.TaskRow::groupId)
            .bigint("spec_id", AdvanceRows.TaskRow::specId)
            .bigint("timeout_ms", AdvanceRows.TaskRow::timeoutMs)
            .text("inputs", AdvanceRows.TaskRow::inputs)
            .text("error_code", AdvanceRows.TaskRow::errorCode)
            .text("error_message", AdvanceRows.TaskRow::errorMessage)
            .text("files", AdvanceRows.TaskRow::files)
            .as("""
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, group_id, spec_id,
                                            timeout_ms, inputs, error_code, error_message, files, finished_at)
                select x.run_id, x.id, x.node_key, x.item_index, x.status, x.attempt, x.group_id, x.spec_id,
                       x.timeout_ms, x.inputs::json, x.error_code, x.error_message, x.files::json,
                       case when x.status <> 'PENDING' then clock_timestamp() end
                from {rows} join advanced on advanced.id = x.run_id""");

    private static final StatementPart<?> RECORDS = ofAdvances("records", AdvanceRows::records)
            .text("id", OutboxRecord::id)
            .text("topic", OutboxRecord::topic)
            .text("key", OutboxRecord::key)
            .bytea("value", OutboxRecord::value)
            .text("headers", record -> Json.write(record.headers()))
            .as("""
                insert into outbox (id, topic, key, value, headers)
                select x.id, x.topic, x.key, x.value, x.headers::json
                from {rows} join advanced on advanced.id = x.run_id""");

    /** Its columns are the parameters of {@link ShortTaskSql}. */
    private static final StatementPart<?> ENDED = StatementPart.ofHints("ended")
            .bigint("id", TaskHint::taskInstanceId)
            .integer("attempt", TaskHint::attempt)
            .text("worker_id", TaskHint::workerId)
            .bigint("worker_epoch", TaskHint::workerEpoch)
            .text("status", hint -> TaskStatus.COMPLETED.name())
            .text("output", TaskHint::output)
            .text("error_code", hint -> null)
            .text("error_message", hint -> null)
            .bytea("stderr", TaskHint::stderr)
            .bigint("fuel", TaskHint::fuel)
            .bigint("memory", TaskHint::peakMemoryBytes)
            .text("artifacts", hint -> null)
            .text("usage", TaskHint::usage)
            .bigint("spec_id", TaskHint::specId)
            .bigint("timeout_ms", TaskHint::timeoutMs)
            .bytea("inputs", TaskHint::inputsSha256)
            .bigint("nanos", TaskHint::nanos)
            .as(ShortTaskSql.claimAndEnd("{rows}"));

    private static final StatementPart<?> TOLD = StatementPart.ofHints("told")
            .bigint("id", TaskHint::taskInstanceId)
            .integer("attempt", TaskHint::attempt)
            .as("""
                select t.run_id, t.status, t.attempt, x.attempt as told_attempt
                from {rows} join task_instances t on t.run_id = x.run_id and t.id = x.id
                for share of t""");

    private static final String STANDS = """
            (exists (select from ended where ended.run_id = r.id)
                        or exists (select from told where told.run_id = r.id and told.status = 'COMPLETED'
                                   and told.attempt = told.told_attempt))""";

    /** What advances need that only go on. */
    static final List<StatementPart<?>> PLAIN = List.of(RUNS.as(ADVANCE.formatted("true")), NODES, TASKS, RECORDS);

    /** The same for advances that hang on hinted outcomes. */
    static final List<StatementPart<?>> HINTED =
            List.of(ENDED, TOLD, RUNS.as(ADVANCE.formatted(STANDS)), NODES, TASKS, RECORDS);

    private AdvanceParts() {}
}
