package dev.netbase.standalone.bench;

import dev.netbase.standalone.demo.ApiClient;
import dev.netbase.standalone.postgres.PostgresAccess;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Whether cost grows with history: W2 on empty tables, then on tables full of finished runs like its own, then on emptied
 * ones, on one stack. The figure of empty tables is the mean of the first and the last, so that what only drifts, like
 * the JVMs' warming up, is not taken for an effect of history.
 */
public final class History {
    private static final int CHAIN = 10;
    private static final int RUNS_AT_ONCE = 20_000;
    private static final int ROUNDS = 9;
    private static final String TABLES = "workflow_runs, trigger_events, run_nodes, task_instances";

    /**
     * Each takes the first and the last number of a batch of runs. All that a run of W2 leaves, once it is over. Ids look
     * and sort like those of runs of some years ago: new rows go to the end of every index, as they always do.
     */
    private static final List<String> FILL = List.of("""
            insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, version, inputs, output,
                                       specs, trigger, created_at, started_at, finished_at)
            select 'OLD' || lpad(n::text, 18, '0'), w.id, 1, w.owner_id, 'COMPLETED', 11, '{}', '1',
                   (select json_object_agg('n' || k, 1) from generate_series(0, 9) k), '{"type":"kafka"}', now(), now(), now()
            from generate_series(?::int, ?::int) n, workflows w where w.name = 'history'""", """
            insert into trigger_events (workflow_id, event_id, run_id)
            select w.id, 'history-' || n, 'OLD' || lpad(n::text, 18, '0')
            from generate_series(?::int, ?::int) n, workflows w where w.name = 'history'""", """
            insert into run_nodes (run_id, node_key, status, total)
            select 'OLD' || lpad(n::text, 18, '0'), 'n' || k, 'DISPATCHED', 1
            from generate_series(?::int, ?::int) n, generate_series(0, 9) k""", """
            insert into task_instances (run_id, id, node_key, status, attempt, group_id, spec_id, timeout_ms, inputs,
                                        output, stderr, worker_id, worker_epoch, fuel_used, peak_memory_bytes,
                                        started_at, finished_at)
            select 'OLD' || lpad(n::text, 18, '0'), -(n::bigint * 10 + k), 'n' || k, 'COMPLETED', 1,
                   'OLD' || lpad((n::bigint * 10 + k)::text, 18, '0'), 1, 30000, '1', '1', '', 'gone', 1, 100,
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

    /** W2's figures on empty and on full tables, and by how many percent tasks per second have changed. */
    public Map<String, Double> perform(ApiClient api, String kafka) throws IOException, InterruptedException {
        bench.publish(api);
        measure(api, kafka, "W2_warm_up");
        Map<String, Double> figures = new LinkedHashMap<>();
        try (Connection connection = postgres.connectAsSuperuser(PostgresAccess.DATABASE)) {
            settle(connection);
            figures.putAll(measure(api, kafka, connection, "W2_empty"));
            long begun = System.nanoTime();
            fill(api, connection);
            settle(connection);
            figures.put("history_tasks", (double) tasks);
            figures.put(
                    "history_fill_seconds",
                    Duration.ofNanos(System.nanoTime() - begun).toMillis() / 1e3);
            figures.putAll(measure(api, kafka, connection, "W2_history"));
            run(connection, "truncate " + TABLES);
            settle(connection);
            figures.putAll(measure(api, kafka, connection, "W2_emptied"));
        } catch (SQLException e) {
            throw new IOException("The tables could not be filled: " + e.getMessage(), e);
        }
        double empty = (rate(figures, "w2_empty") + rate(figures, "w2_emptied")) / 2;
        figures.put("history_change_percent", (rate(figures, "w2_history") / empty - 1) * 100);
        return figures;
    }

    private static double rate(Map<String, Double> figures, String workload) {
        return figures.getOrDefault(workload + "_tasks_per_second", 0.0);
    }

    /** The figures of W2, and how many of PostgreSQL's blocks were looked at for each task. */
    private static Map<String, Double> measure(ApiClient api, String kafka, Connection connection, String name)
            throws IOException, InterruptedException, SQLException {
        BlockCount before = BlockCount.of(connection);
        Map<String, Double> figures = measure(api, kafka, name);
        figures.put(
                name.toLowerCase(Locale.ROOT) + "_blocks_per_task",
                BlockCount.of(connection).perTaskSince(before));
        return figures;
    }

    private static Map<String, Double> measure(ApiClient api, String kafka, String name)
            throws IOException, InterruptedException {
        Workload workload = Workload.manyChains().named(name).of(ROUNDS);
        return new Measurement(api, kafka, "bench").perform(workload);
    }

    private void fill(ApiClient api, Connection connection) throws IOException, InterruptedException, SQLException {
        Measurement.postWorkflow(api, Workload.manyChains().named("history"));
        run(connection, "set synchronous_commit = off");
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
    }

    /** As autovacuum and the next checkpoint would leave the tables before long; neither is to fall into a measurement. */
    private static void settle(Connection connection) throws SQLException {
        run(connection, "vacuum analyze");
        run(connection, "checkpoint");
    }

    /** Executes one statement of which only that it works is of interest. */
    static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
