package dev.netbase.model.task;

/**
 * The statement that claims and ends tasks at once which began on their records' word. Each is written only if its row is
 * PENDING in this attempt, its run goes on, the worker's lease is valid, and the row says just what the task was run with.
 */
public final class ShortTaskSql {
    private static final String CLAIM_AND_END = """
            update task_instances t
            set status = x.status, output = x.output::json, error_code = x.error_code, error_message = x.error_message,
                stderr = x.stderr, fuel_used = x.fuel, peak_memory_bytes = x.memory, artifacts = x.artifacts::json,
                usage = x.usage::json, worker_id = x.worker_id,
                worker_epoch = x.worker_epoch,
                started_at = greatest(t.queued_at, at.now - x.nanos / 1000 * interval '1 microsecond'),
                finished_at = greatest(t.queued_at, at.now)
            from %s,
                workflow_runs r, (select clock_timestamp() as now) at
            where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt and t.status = 'PENDING'
              and t.files is null
              and t.spec_id = x.spec_id and t.timeout_ms is not distinct from x.timeout_ms
              and sha256(convert_to(coalesce(t.inputs::text, 'null'), 'UTF8')) = x.inputs
              and r.id = t.run_id and not r.cancelling and r.finished_at is null
              and exists (select from workers w where w.id = x.worker_id and w.epoch = x.worker_epoch
                          and w.deadline > clock_timestamp())
            returning t.run_id, t.id, t.attempt""";

    private static final String ARRAYS = """
            unnest($1::text[], $2::bigint[], $3::int[], $4::text[], $5::bigint[], $6::text[], $7::text[], $8::text[],
                        $9::text[], $10::bytea[], $11::bigint[], $12::bigint[], $13::text[], $14::text[], $15::bigint[],
                        $16::bigint[], $17::bytea[], $18::bigint[])
                x (run_id, id, attempt, worker_id, worker_epoch, status, output, error_code, error_message, stderr, fuel,
                   memory, artifacts, usage, spec_id, timeout_ms, inputs, nanos)""";

    private ShortTaskSql() {}

    /**
     * The statement, which answers what it has written. Its parameters are arrays with a place for each task: run, task,
     * attempt, worker, epoch, status, output, error code and message, stderr, fuel, peak memory, artifacts, usage, and
     * then what the task was run with: spec, time limit in milliseconds, SHA-256 of its inputs, and for how many
     * nanoseconds.
     */
    public static String claimAndEnd() {
        return claimAndEnd(ARRAYS);
    }

    /**
     * The same as a part of another statement.
     *
     * @param rows a table {@code x} with the columns {@code run_id}, {@code id}, {@code attempt}, {@code worker_id},
     *     {@code worker_epoch}, {@code status}, {@code output}, {@code error_code}, {@code error_message}, {@code stderr},
     *     {@code fuel}, {@code memory}, {@code artifacts}, {@code usage}, {@code spec_id}, {@code timeout_ms},
     *     {@code inputs} and {@code nanos}, as the parameters above
     */
    public static String claimAndEnd(String rows) {
        return CLAIM_AND_END.formatted(rows);
    }
}
