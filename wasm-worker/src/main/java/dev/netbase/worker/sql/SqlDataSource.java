package dev.netbase.worker.sql;

import dev.netbase.model.task.TaskErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;
import org.jboss.logging.Logger;
import org.postgresql.Driver;
import org.postgresql.jdbc.PgConnection;

/**
 * Connections to one of the operator's databases. How many are open at a time is for the caller to bound; those not in
 * use are kept for a while. All methods block.
 */
final class SqlDataSource {
    private static final Logger LOG = Logger.getLogger(SqlDataSource.class);

    /** Beyond this many bytes the driver stops reading a result, whatever the limit of the output is. */
    private static final long RESULT_BYTES = 64L << 20;

    private static final String CHECK = """
            select
              (select rolsuper from pg_catalog.pg_roles where rolname = session_user)
                or exists (select 1 from pg_catalog.pg_roles
                           where rolname in ('pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files')
                             and pg_catalog.pg_has_role(session_user, oid, 'member')),
              (select count(distinct relname) = 3 from pg_catalog.pg_class
               where relname in ('task_instances', 'task_specs', 'workflow_runs') and relkind in ('r', 'p'))""";

    private final String name;
    private final SqlConfig.Source config;
    private final Driver driver = new Driver();
    private final Deque<Session> idle = new ArrayDeque<>();
    private boolean closed;

    /** A connection, and when it was last given back by {@link System#nanoTime}; {@code used} if it ever was. */
    record Session(PgConnection connection, long since, boolean used) {}

    SqlDataSource(String name, SqlConfig.Source config) {
        this.name = name;
        this.config = config;
    }

    String name() {
        return name;
    }

    boolean readOnly() {
        return config.readOnly();
    }

    int maxConnections() {
        return config.maxConnections();
    }

    /** An idle connection, which may have broken meanwhile, or a new one. */
    Session take() throws SqlFailedException {
        Optional<Session> kept = keptOne();
        return kept.isPresent() ? kept.get() : open();
    }

    /** A new connection, checked to be one that scripts may use. */
    Session open() throws SqlFailedException {
        try {
            PgConnection connection = connect();
            try {
                check(connection);
                return new Session(connection, System.nanoTime(), false);
            } catch (SQLException | SqlFailedException | RuntimeException e) {
                close(connection);
                throw e;
            }
        } catch (SQLException | IOException e) {
            LOG.errorf("data source %s: %s", name, e.getMessage());
            throw new SqlFailedException(
                    TaskErrorCode.HOST_ERROR, "the data source " + name + " cannot be reached; see the worker's log");
        }
    }

    /** Keeps a connection that is outside of a transaction, as if new; one that cannot be reset is closed. */
    void giveBack(Session session) {
        try {
            session.connection().setAutoCommit(true);
            session.connection().setReadOnly(false);
            boundAnswers(session.connection());
            try (Statement statement = session.connection().createStatement()) {
                statement.execute("discard all");
            }
        } catch (SQLException e) {
            close(session.connection());
            return;
        }
        synchronized (idle) {
            if (!closed && idle.size() < config.maxConnections()) {
                idle.push(new Session(session.connection(), System.nanoTime(), true));
                return;
            }
        }
        close(session.connection());
    }

    /** Gives the server so long to answer as a connection may take; for what a script has no part in. */
    void boundAnswers(Connection connection) throws SQLException {
        connection.setNetworkTimeout(
                Runnable::run, Math.toIntExact(config.connectTimeout().toMillis()));
    }

    /** Gives the server as long as it takes. */
    static void unboundAnswers(Connection connection) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, 0);
    }

    /** Closes what was not used for long. */
    void closeIdle() {
        long now = System.nanoTime();
        while (true) {
            Session oldest;
            synchronized (idle) {
                if (idle.isEmpty()
                        || now - idle.peekLast().since() < config.idleTimeout().toNanos()) {
                    return;
                }
                oldest = idle.removeLast();
            }
            close(oldest.connection());
        }
    }

    /** Ends a server process that does not heed a request to cancel. */
    void terminate(int backend) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute("select pg_catalog.pg_terminate_backend(" + backend + ")");
        } catch (SQLException | IOException e) {
            LOG.warnf("data source %s: server process %d could not be ended: %s", name, backend, e.getMessage());
        }
    }

    /** Closes what is idle, and from now on also what comes back. */
    void close() {
        Deque<Session> all;
        synchronized (idle) {
            closed = true;
            all = new ArrayDeque<>(idle);
            idle.clear();
        }
        all.forEach(session -> close(session.connection()));
    }

    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException e) {
            LOG.debugf("a connection could not be closed: %s", e.getMessage());
        }
    }

    private Optional<Session> keptOne() {
        synchronized (idle) {
            return Optional.ofNullable(idle.poll());
        }
    }

    private PgConnection connect() throws SQLException, IOException {
        String url = config.url().startsWith("jdbc:") ? config.url() : "jdbc:" + config.url();
        Properties properties = Driver.parseURL(url, null);
        if (properties == null) {
            throw new SQLException("netbase.sql.data-sources." + name + ".url is not a PostgreSQL URL");
        }
        properties.remove("PGHOST");
        properties.remove("PGPORT");
        properties.remove("PGDBNAME");
        config.username().ifPresent(user -> properties.setProperty("user", user));
        config.password().ifPresent(password -> properties.setProperty("password", password));
        if (config.passwordFile().isPresent()) {
            properties.setProperty(
                    "password", Files.readString(config.passwordFile().get()).strip());
        }
        String seconds = Long.toString(Math.max(1, config.connectTimeout().toSeconds()));
        properties.setProperty("connectTimeout", seconds);
        properties.setProperty("loginTimeout", seconds);
        properties.setProperty("cancelSignalTimeout", "5");
        properties.setProperty("ApplicationName", "netbase");
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("maxResultBuffer", Long.toString(RESULT_BYTES));
        // Values as the server writes them, and every statement forgotten when it is done.
        properties.setProperty("binaryTransfer", "false");
        properties.setProperty("prepareThreshold", "0");
        properties.setProperty("preparedStatementCacheQueries", "0");
        properties.setProperty("autosave", "never");
        properties.setProperty("preferQueryMode", "extended");
        properties.setProperty("readOnlyMode", "transaction");
        int query = url.indexOf('?');
        Connection connection = driver.connect(query < 0 ? url : url.substring(0, query), properties);
        if (connection == null) {
            throw new SQLException("netbase.sql.data-sources." + name + ".url is not a PostgreSQL URL");
        }
        return connection.unwrap(PgConnection.class);
    }

    private void check(Connection connection) throws SQLException, SqlFailedException {
        boundAnswers(connection);
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(CHECK)) {
            row.next();
            if (row.getBoolean(1) && !config.allowSuperuser()) {
                throw refused("its role is a superuser or may use the server's files and programs", "allow-superuser");
            }
            if (row.getBoolean(2) && !config.allowNetbaseDatabase()) {
                throw refused("it is Netbase's own database", "allow-netbase-database");
            }
        }
    }

    private SqlFailedException refused(String why, String key) {
        return new SqlFailedException(
                TaskErrorCode.HOST_ERROR,
                String.format(
                        Locale.ROOT,
                        "the data source %s is refused: %s; if that is meant, the operator sets"
                                + " netbase.sql.data-sources.%s.%s=true",
                        name,
                        why,
                        name,
                        key));
    }
}
