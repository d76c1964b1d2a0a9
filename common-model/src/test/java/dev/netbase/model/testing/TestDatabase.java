package dev.netbase.model.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;
import liquibase.command.CommandScope;
import liquibase.command.core.UpdateCommandStep;
import liquibase.command.core.helpers.DbUrlConnectionArgumentsCommandStep;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.LiquibaseException;

/** One PostgreSQL server for the test JVM, and databases in it that no other test sees. */
public final class TestDatabase {
    private static final String USER = "postgres";
    private final int port;
    private final String name;

    private TestDatabase(int port, String name) {
        this.port = port;
        this.name = name;
    }

    /** A new, empty database. */
    public static TestDatabase empty() {
        return copyOf("template1");
    }

    /** A new database with the whole schema. The changelog is applied once for the JVM; this is a copy of the outcome. */
    public static TestDatabase migrated() {
        return copyOf(Migrated.INSTANCE.name);
    }

    private static TestDatabase copyOf(String template) {
        String name = "test_" + UUID.randomUUID().toString().replace("-", "");
        TestDatabase database = new TestDatabase(Server.INSTANCE.getPort(), name);
        new TestDatabase(database.port, "postgres").execute("create database " + name + " template " + template);
        return database;
    }

    /** Applies the changelog, as asset-api does at its start. */
    public void migrate() {
        try (Connection connection = connect()) {
            Database target =
                    DatabaseFactory.getInstance().findCorrectDatabaseImplementation(new JdbcConnection(connection));
            new CommandScope(UpdateCommandStep.COMMAND_NAME)
                    .addArgumentValue(DbUrlConnectionArgumentsCommandStep.DATABASE_ARG, target)
                    .addArgumentValue(UpdateCommandStep.CHANGELOG_FILE_ARG, "db/changelog/db.changelog-master.yaml")
                    .setOutput(java.io.OutputStream.nullOutputStream())
                    .execute();
        } catch (SQLException | LiquibaseException e) {
            throw new IllegalStateException("the schema could not be applied", e);
        }
    }

    /** Cuts all connections to this database and refuses new ones, as if the server were away. */
    public void goAway() {
        TestDatabase maintenance = new TestDatabase(port, "postgres");
        maintenance.execute("alter database " + name + " allow_connections false");
        maintenance.execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
    }

    /** Ends {@link #goAway}. */
    public void comeBack() {
        new TestDatabase(port, "postgres").execute("alter database " + name + " allow_connections true");
    }

    /** A new JDBC connection, in auto-commit mode. */
    public Connection connect() throws SQLException {
        return DriverManager.getConnection(jdbcUrl(), USER, USER);
    }

    /** Runs SQL statements, separated by semicolons. */
    public void execute(String sql) {
        try (Connection connection = connect();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The first column of the first row, as text. */
    public String query(String sql) {
        try (Connection connection = connect();
                var statement = connection.createStatement();
                var rows = statement.executeQuery(sql)) {
            if (!rows.next()) {
                throw new IllegalStateException("no row: " + sql);
            }
            return String.valueOf(rows.getString(1));
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** The server's port on the loopback interface. */
    public int port() {
        return port;
    }

    /** The database's name. */
    public String name() {
        return name;
    }

    /** The only user, a superuser. */
    public String user() {
        return USER;
    }

    /** The user's password. */
    public String password() {
        return USER;
    }

    /** For JDBC. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
    }

    /** For the reactive client. */
    public String reactiveUrl() {
        return "postgresql://127.0.0.1:" + port + "/" + name;
    }

    /** Nobody connects to it any more: only such a database can be copied. */
    private static final class Migrated {
        static final TestDatabase INSTANCE = create();

        private static TestDatabase create() {
            TestDatabase database = empty();
            database.migrate();
            return database;
        }
    }

    private static final class Server {
        static final EmbeddedPostgres INSTANCE = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder()
                        .setServerConfig("max_connections", "200")
                        .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                        .start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** A database of its own in which 2,000 runs have ended, and of which PostgreSQL has statistics. */
    public static TestDatabase withHistory() {
        TestDatabase database = migrated();
        database.execute("""
                insert into users (subject, display_name) values ('plans', 'plans');
                insert into workflows (name, latest_version, owner_id) select 'w', 1, id from users where subject = 'plans';
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, finished_at)
                select lpad(n::text, 21, '0'), w.id, 1, w.owner_id, 'COMPLETED', '{}', '{}', now()
                from generate_series(1, 2000) n, workflows w;
                analyze""");
        return database;
    }

    /** The plan that services keep for a statement, whatever its arguments: it reads no whole table where there is an index. */
    public String plan(String sql) {
        StringBuilder plan = new StringBuilder();
        // Only so does the driver send a statement whose parameters have no values.
        String url = jdbcUrl() + "?preferQueryMode=simple";
        try (Connection connection = DriverManager.getConnection(url, user(), password());
                Statement statement = connection.createStatement()) {
            statement.execute("set enable_seqscan = off; set jit = off");
            try (ResultSet rows = statement.executeQuery("explain (generic_plan) " + sql)) {
                while (rows.next()) {
                    plan.append(rows.getString(1)).append('\n');
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return plan.toString();
    }
}
