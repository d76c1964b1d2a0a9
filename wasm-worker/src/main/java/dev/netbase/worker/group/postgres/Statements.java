package dev.netbase.worker.group.postgres;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Singleton;
import java.time.Duration;

/** Runs one statement in its own transaction. A statement without an answer for long fails, and may have happened. */
@Singleton
public class Statements {
    private static final Duration ANSWER = Duration.ofSeconds(10);
    private final Pool pool;
    private final Counter count;

    public Statements(Pool pool, MeterRegistry metrics) {
        this.pool = pool;
        this.count = metrics.counter("netbase.worker.statements");
    }

    /**
     * Runs a statement.
     *
     * @param parameters in order; arrays may hold nulls
     */
    Uni<RowSet<Row>> run(String sql, Object... parameters) {
        count.increment();
        return pool.preparedQuery(sql)
                .execute(Tuple.from(parameters))
                .ifNoItem()
                .after(ANSWER)
                .fail();
    }
}
