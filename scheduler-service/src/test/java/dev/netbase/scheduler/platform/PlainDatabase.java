package dev.netbase.scheduler.platform;

import dev.netbase.model.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;
import java.sql.Connection;
import java.sql.SQLException;

/** The scheduler's database without the service around it, with a user, an agent {@code x} and workflows by number. */
public final class PlainDatabase implements AutoCloseable {
    private final TestDatabase data = TestDatabase.migrated();
    private final Registered registered = new Registered(data, 1);
    private final Vertx vertx = Vertx.vertx();
    private final Database database = open();

    public PlainDatabase() {
        registered.agent(1, "x");
        data.execute("insert into users (id, subject, display_name) values (2, 'user-2', 'user-2')");
    }

    /** Another connection pool to the same database, as another scheduler has it. */
    public Database open() {
        PgConnectOptions options = PgConnectOptions.fromUri(data.reactiveUrl())
                .setUser(data.user())
                .setPassword(data.password());
        return new Database(
                Pool.newInstance(PgBuilder.pool()
                        .with(new PoolOptions().setMaxSize(4))
                        .connectingTo(options)
                        .using(vertx)
                        .build()),
                new SimpleMeterRegistry());
    }

    public Database database() {
        return database;
    }

    public Vertx vertx() {
        return vertx;
    }

    /** Adds a workflow with one node and these further fields of its definition, each beginning with a comma. */
    public void workflow(int id, String settings) {
        registered.workflow(id, "w" + id, "{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\"}]%s}".formatted(settings));
    }

    public void execute(String sql, Object... arguments) {
        data.execute(sql.formatted(arguments));
    }

    public String query(String sql, Object... arguments) {
        return data.query(sql.formatted(arguments));
    }

    public Connection connect() throws SQLException {
        return data.connect();
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
