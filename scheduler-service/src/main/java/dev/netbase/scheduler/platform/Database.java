package dev.netbase.scheduler.platform;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * PostgreSQL for the scheduler's own threads, which wait for answers; never call it from an event loop. Every statement
 * is a transaction of its own.
 */
@ApplicationScoped
public class Database {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private final Pool pool;
    private final Counter statements;

    public Database(Pool pool, MeterRegistry metrics) {
        this.pool = pool;
        this.statements = metrics.counter("netbase.scheduler.statements");
    }

    /**
     * Runs a statement.
     *
     * @throws RuntimeException if the database refuses it, is not there, or does not answer within 30 s
     */
    public List<Row> query(String sql, Tuple arguments) {
        statements.increment();
        RowSet<Row> rows = pool.preparedQuery(sql).execute(arguments).await().atMost(PATIENCE);
        List<Row> list = new ArrayList<>(rows.rowCount());
        rows.forEach(list::add);
        return list;
    }

    /** Runs a statement without arguments. */
    public List<Row> query(String sql) {
        return query(sql, Tuple.tuple());
    }

    /** Whether the schema is there, with all that this service uses. */
    public boolean schemaIsThere() {
        return query("select to_regclass('idempotency_keys') is not null as there")
                .getFirst()
                .getBoolean("there");
    }
}
