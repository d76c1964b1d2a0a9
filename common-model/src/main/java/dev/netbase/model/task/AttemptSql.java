package dev.netbase.model.task;

/** An attempt of a task as the API shows it, made of the row of {@code task_instances} that had it. */
public final class AttemptSql {
    /** A jsonb object of the row {@code t}; what is not known is left out. Takes the attempt's status as its argument. */
    private static final String OBJECT = """
            jsonb_strip_nulls(jsonb_build_object(
                'attempt', t.attempt, 'status', %s,
                'error', case when t.error_code is not null then
                    jsonb_build_object('code', t.error_code, 'message', left(t.error_message, 500)) end,
                'group_id', t.group_id, 'worker_id', t.worker_id, 'fuel_used', t.fuel_used,
                'peak_memory_bytes', t.peak_memory_bytes, 'usage', t.usage::jsonb,
                'queued_at', %s, 'started_at', %s, 'finished_at', %s))""";

    private AttemptSql() {}

    /**
     * The expression.
     *
     * @param status an SQL expression for the attempt's status
     */
    public static String object(String status) {
        return OBJECT.formatted(status, time("t.queued_at"), time("t.started_at"), time("t.finished_at"));
    }

    private static String time(String column) {
        return "to_char(" + column + " at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')";
    }
}
