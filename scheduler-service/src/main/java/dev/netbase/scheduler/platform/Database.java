package dev.netbase.scheduler.platform;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Transaction;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * PostgreSQL for the scheduler's own threads, which wait for answers; never call it from an event loop. Every statement
 * is a transaction of its own.
 */
@ApplicationScoped
public class Database {
    private static final Logger LOG = Logger.getLogger(Database.class);
    /** A little longer than a connection may say nothing. */
    private static final Duration PATIENCE = Duration.ofSeconds(16);

    private final Pool pool;
    private final Counter statements;

    public Database(Pool pool, MeterRegistry metrics) {
        this.pool = pool;
        this.statements = metrics.counter("netbase.scheduler.statements");
    }

    /**
     * Runs a statement.
     *
     * @throws RuntimeException if the database refuses it, is not there, or does not answer within 16 s
     */
    public List<Row> query(String sql, Tuple arguments) {
        statements.increment();
        return list(pool.preparedQuery(sql).execute(arguments).await().atMost(PATIENCE));
    }

    /** Statements of one transaction. */
    @FunctionalInterface
    public interface Statements {
        /** Runs a statement. */
        List<Row> query(String sql, Tuple arguments);
    }

    /**
     * Does work in one transaction, which is rolled back if the work fails.
     *
     * @throws RuntimeException what the work throws, or if the database is not there or does not answer within 16 s
     */
    public <T> T transaction(Function<Statements, T> work) {
        SqlConnection connection = pool.getConnection().await().atMost(PATIENCE);
        try {
            Transaction transaction = connection.begin().await().atMost(PATIENCE);
            try {
                T result = work.apply((sql, arguments) -> {
                    statements.increment();
                    return list(connection
                            .preparedQuery(sql)
                            .execute(arguments)
                            .await()
                            .atMost(PATIENCE));
                });
                transaction.commit().await().atMost(PATIENCE);
                return result;
            } catch (RuntimeException e) {
                rollBack(transaction);
                throw e;
            }
        } finally {
            connection.closeAndForget();
        }
    }

    private static void rollBack(Transaction transaction) {
        try {
            transaction.rollback().await().atMost(PATIENCE);
        } catch (RuntimeException e) {
            LOG.debugf(e, "rolled back by the server already, or with its connection");
        }
    }

    private static List<Row> list(RowSet<Row> rows) {
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
        return query("select to_regclass('chores') is not null and to_regclass('worker_engines') is not null as there")
                .getFirst()
                .getBoolean("there");
    }
}
