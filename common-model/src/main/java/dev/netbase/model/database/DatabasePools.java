package dev.netbase.model.database;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Makes pools of connections of which one whose other end has vanished without a word, as after a failover or behind a
 * firewall that forgot it, is closed and replaced. TCP alone takes a quarter of an hour to notice.
 */
public final class DatabasePools {
    private static final int CONNECT_MILLIS = 5_000;
    /** Characters; by default a statement of more than 2,048 would be parsed and planned each time. */
    private static final int LONGEST_STATEMENT = 64 << 10;

    private DatabasePools() {}

    /**
     * A pool for a service.
     *
     * @param input what the service is configured with
     * @param silence how long a connection may say nothing before it is given up, in use or not; so the longest that a
     *     statement may take
     */
    public static Pool make(PgPoolCreator.Input input, Duration silence) {
        List<SqlConnectOptions> servers = new ArrayList<>();
        for (PgConnectOptions options : input.pgConnectOptionsList()) {
            options.setConnectTimeout(CONNECT_MILLIS);
            options.setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
            options.setReadIdleTimeout(Math.toIntExact(silence.toMillis()));
            options.setPreparedStatementCacheSqlLimit(LONGEST_STATEMENT);
            servers.add(options);
        }
        return PgBuilder.pool()
                .with(input.poolOptions())
                .connectingTo(servers)
                .using(input.vertx())
                .build();
    }
}
