package dev.netbase.worker.group.postgres;

import io.quarkus.reactive.pg.client.PgPoolCreator;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlConnectOptions;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Makes the pool of connections so that one whose other end has vanished without a word, as after a failover or behind a
 * firewall that forgot it, is closed and replaced. TCP alone takes a quarter of an hour to notice.
 */
@Singleton
public class DatabaseConnections implements PgPoolCreator {
    private static final int CONNECT_MILLIS = 5_000;
    /** Characters; by default a statement of more than 2,048 would be parsed and planned each time. */
    private static final int LONGEST_STATEMENT = 64 << 10;

    private final Duration silence;

    /**
     * @param silence how long a connection may say nothing before it is given up, in use or not; less than two thirds of
     *     the lease, so that it can still be renewed
     */
    public DatabaseConnections(
            @ConfigProperty(name = "netbase.database.silence", defaultValue = "8s") Duration silence) {
        this.silence = silence;
    }

    @Override
    public Pool create(Input input) {
        List<SqlConnectOptions> servers = new ArrayList<>();
        for (PgConnectOptions options : input.pgConnectOptionsList()) {
            options.setConnectTimeout(CONNECT_MILLIS);
            options.setIdleTimeoutUnit(TimeUnit.MILLISECONDS);
            options.setReadIdleTimeout(Math.toIntExact(silence.toMillis()));
            options.setPreparedStatementCacheSqlLimit(LONGEST_STATEMENT);
            servers.add(options);
        }
        // Statements have limits of their own; the pool's timer complains of those that failed long before it fires.
        input.poolOptions().setConnectionTimeout(0);
        return PgBuilder.pool()
                .with(input.poolOptions())
                .connectingTo(servers)
                .using(input.vertx())
                .build();
    }
}
