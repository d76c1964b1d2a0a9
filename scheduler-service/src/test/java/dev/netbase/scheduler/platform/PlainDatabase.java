package dev.netbase.scheduler.platform;

import dev.netbase.model.testing.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.sqlclient.PoolOptions;

/** The scheduler's database without the service around it, with a user, an agent {@code x} and workflows by number. */
public final class PlainDatabase implements AutoCloseable {
    private final TestDatabase data = TestDatabase.migrated();
    private final Vertx vertx = Vertx.vertx();
    private final Database database = open();

    public PlainDatabase() {
        data.execute("""
                insert into users (id, subject, display_name) values (1, 'admin', 'admin'), (2, 'other', 'other');
                insert into asset_packages (id, nanoid, name, owner_id) values (1, 'pack', 'pack', 1);
                insert into asset_versions (id, package_id, version_string, precedence) values (1, 1, '1.0.0', '1');
                insert into asset_files (id, version_id, file_type, relative_path, checksum, size_bytes)
                    values (1, 1, 'WASM', 'bin/x.wasm', '%s', 8);
                insert into agents (id, name, agent_type, asset_file_id, config, owner_id)
                    values (1, 'x', 'WASM', 1, '{}', 1)""".formatted("0".repeat(64)));
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
        data.execute("""
                insert into workflows (id, name, latest_version, owner_id) values (%d, 'w%d', 1, 1);
                insert into workflow_versions (workflow_id, version, definition)
                    values (%d, 1, '{"nodes":[{"key":"a","agent":"x"}]%s}')""".formatted(id, id, id, settings));
    }

    public void execute(String sql, Object... arguments) {
        data.execute(sql.formatted(arguments));
    }

    public String query(String sql, Object... arguments) {
        return data.query(sql.formatted(arguments));
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }
}
