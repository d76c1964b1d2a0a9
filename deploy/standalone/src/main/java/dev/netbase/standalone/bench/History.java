package dev.netbase.standalone.bench;

import dev.netbase.standalone.demo.ApiClient;
import dev.netbase.standalone.postgres.PostgresAccess;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether cost grows with history: W2 on empty tables, then on tables full of finished runs like its own, on one stack.
 */
public final class History {
    private static final int CHAIN = 10;
    private static final int RUNS_AT_ONCE = 20_000;

    /** Each takes the first and the last number of a batch of runs. All that a run of W2 leaves, once it is over. */
    private static final List<String> FILL = List.of("""
            insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, version, inputs, output,
                                       trigger, created_at, started_at, finished_at)
            select 'history' || lpad(n::text, 14, '0'), w.id, 1, w.owner_id, 'COMPLETED', 11, '{}', '1',
                   '{"type":"kafka"}', now(), now(), now()
            from generate_series(?::int, ?::int) n, workflows w where w.name = 'history'""", """
            insert into trigger_events (workflow_id, event_id, run_id)
            select w.id, 'history-' || n, 'history' || lpad(n::text, 14, '0')
            from generate_series(?::int, ?::int) n, workflows w where w.name = 'history'""", """
            insert into run_nodes (run_id, node_key, status, total)
            select 'history' || lpad(n::text, 14, '0'), 'n' || k, 'DISPATCHED', 1
            from generate_series(?::int, ?::int) n, generate_series(0, 9) k""", """
            insert into task_groups (id, run_id, task_count)
            select 'history' || lpad((n::bigint * 10 + k)::text, 14, '0'), 'history' || lpad(n::text, 14, '0'), 1
            from generate_series(?::int, ?::int) n, generate_series(0, 9) k""", """
            insert into task_instances (run_id, id, node_key, status, attempt, group_id, spec_id, timeout_ms, inputs,
                                        output, stderr, worker_id, worker_epoch, fuel_used, peak_memory_bytes,
                                        started_at, finished_at)
            select 'history' || lpad(n::text, 14, '0'), -(n::bigint * 10 + k), 'n' || k, 'COMPLETED', 1,
                   'history' || lpad((n::bigint * 10 + k)::text, 14, '0'), 1, 30000, '1', '1', '', 'gone', 1, 100,
                   131072, now(), now()
            from generate_series(?::int, ?::int) n, generate_series(0, 9) k""");

    private final Bench bench;
    private final PostgresAccess postgres;
    private final long tasks;

    /** @param tasks how many finished tasks there are to be, about */
    public History(Bench bench, PostgresAccess postgres, long tasks) {
        this.bench = bench;
        this.postgres = postgres;
        this.tasks = tasks;
    }

    /** W2's figures before and after, and by how many percent tasks per second have changed. */
    public Map<String, Double> perform(ApiClient api, String kafka) throws IOException, InterruptedException {
        bench.publish(api);
        Map<String, Double> figures = new LinkedHashMap<>();
        Workload before = Workload.manyChains().named("W2_empty");
        Workload after = Workload.manyChains().named("W2_history");
        figures.putAll(new Measurement(api, kafka, "bench").perform(before));
        try {
            fill(api);
        } catch (SQLException e) {
            throw new IOException("The tables could not be filled: " + e.getMessage(), e);
        }
        figures.putAll(new Measurement(api, kafka, "bench").perform(after));
        double rate = figures.getOrDefault("w2_empty_tasks_per_second", 0.0);
        double later = figures.getOrDefault("w2_history_tasks_per_second", 0.0);
        figures.put("history_tasks", (double) tasks);
        figures.put("history_change_percent", (later / rate - 1) * 100);
        return figures;
    }

    private void fill(ApiClient api) throws IOException, InterruptedException, SQLException {
        Measurement.postWorkflow(api, Workload.manyChains().named("history"));
        try (Connection connection = postgres.connectAsSuperuser(PostgresAccess.DATABASE)) {
            try (Statement statement = connection.createStatement()) {
                statement.execute("set synchronous_commit = off");
            }
            int runs = Math.toIntExact(Math.ceilDiv(tasks, CHAIN));
            for (int first = 1; first <= runs; first += RUNS_AT_ONCE) {
                for (String insert : FILL) {
                    try (PreparedStatement statement = connection.prepareStatement(insert)) {
                        statement.setInt(1, first);
                        statement.setInt(2, Math.min(runs, first + RUNS_AT_ONCE - 1));
                        statement.execute();
                    }
                }
            }
            try (Statement statement = connection.createStatement()) {
                // As autovacuum would have done long since; it must not do so during the measurement.
                statement.execute("vacuum analyze");
                statement.execute("checkpoint");
            }
        }
    }
}
