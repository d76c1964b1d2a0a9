package dev.netbase.model.task;

import java.util.List;

/**
 * The statement that claims and ends tasks at once which began on their records' word. Each is written only if its row is
 * PENDING in this attempt, its run goes on, the worker's lease is valid, and the row says just what the task was run with.
 */
public final class ShortTaskSql {
    private static final String CLAIM_AND_END = """
            update task_instances t
            set status = u.status, output = u.output::json, error_code = u.error_code, error_message = u.error_message,
                stderr = u.stderr, fuel_used = u.fuel, peak_memory_bytes = u.memory, artifacts = u.artifacts::json,
                usage = u.usage::json, worker_id = u.worker_id,
                worker_epoch = u.worker_epoch,
                started_at = greatest(t.queued_at, at.now - u.nanos / 1000 * interval '1 microsecond'),
                finished_at = greatest(t.queued_at, at.now)
            from unnest(%s)
                u(run_id, id, attempt, worker_id, worker_epoch, status, output, error_code, error_message, stderr,
                  fuel, memory, artifacts, usage, spec_id, timeout_ms, inputs, nanos),
                workflow_runs r, (select clock_timestamp() as now) at
            where t.run_id = u.run_id and t.id = u.id and t.attempt = u.attempt and t.status = 'PENDING'
              and t.files is null
              and t.spec_id = u.spec_id and t.timeout_ms is not distinct from u.timeout_ms
              and sha256(convert_to(coalesce(t.inputs::text, 'null'), 'UTF8')) = u.inputs
              and r.id = t.run_id and not r.cancelling and r.finished_at is null
              and exists (select from workers w where w.id = u.worker_id and w.epoch = u.worker_epoch
                          and w.deadline > clock_timestamp())
            returning t.run_id, t.id, t.attempt""";

    private static final List<String> TYPES = List.of(
            "text", "bigint", "int", "text", "bigint", "text", "text", "text", "text", "bytea", "bigint", "bigint",
            "text", "text", "bigint", "bigint", "bytea", "bigint");

    private ShortTaskSql() {}

    /**
     * The statement, which answers what it has written. Its parameters are arrays with a place for each task: run, task,
     * attempt, worker, epoch, status, output, error code and message, stderr, fuel, peak memory, artifacts, usage, and
     * then what the task was run with: spec, time limit in milliseconds, SHA-256 of its inputs, and for how many
     * nanoseconds.
     *
     * @param first the number of the first parameter
     */
    public static String claimAndEnd(int first) {
        StringBuilder parameters = new StringBuilder();
        for (int i = 0; i < TYPES.size(); i++) {
            parameters
                    .append(i == 0 ? "$" : ", $")
                    .append(first + i)
                    .append("::")
                    .append(TYPES.get(i))
                    .append("[]");
        }
        return CLAIM_AND_END.formatted(parameters);
    }
}
