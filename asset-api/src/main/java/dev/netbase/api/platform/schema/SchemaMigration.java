package dev.netbase.api.platform.schema;

import io.quarkus.liquibase.LiquibaseFactory;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.net.SocketException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import liquibase.Liquibase;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Brings the database schema up to date when the service starts. A database that is not there yet is waited for, with
 * the service running but not ready; a changelog that cannot be applied ends the process.
 */
@ApplicationScoped
public class SchemaMigration {
    private static final Logger LOG = Logger.getLogger(SchemaMigration.class);
    /** Any number that nothing else in the database locks: "netbase" in ASCII. */
    private static final long LOCK = 0x6e657462617365L;

    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final LiquibaseFactory liquibases;
    private final Event<SchemaReady> ready;
    private final DataSource database;
    private volatile boolean done;
    private volatile boolean stopping;
    private volatile @Nullable Thread thread;

    SchemaMigration(LiquibaseFactory liquibases, Event<SchemaReady> ready, DataSource database) {
        this.liquibases = liquibases;
        this.ready = ready;
        this.database = database;
    }

    /** Fired once, on a thread that may block, when the schema is up to date. */
    public record SchemaReady() {}

    /** Whether the schema is up to date. */
    public boolean isDone() {
        return done;
    }

    void start(@Observes StartupEvent event) {
        thread = Thread.ofPlatform().name("schema-migration").daemon().start(this::migrate);
    }

    void stop(@Observes ShutdownEvent event) {
        stopping = true;
        Thread migrating = thread;
        if (migrating != null) {
            migrating.interrupt();
        }
    }

    private void migrate() {
        Duration pause = FIRST_PAUSE;
        try {
            while (!tryMigrate()) {
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
            }
            done = true;
            ready.fire(new SchemaReady());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Exception e) {
            if (stopping) {
                return;
            }
            LOG.error("the database schema cannot be brought up to date", e);
            Quarkus.asyncExit(1);
        }
    }

    /** Whether it is done; false means that it cannot be done yet. */
    private boolean tryMigrate() throws Exception {
        try (Connection connection = database.getConnection()) {
            if (!lock(connection)) {
                LOG.info("waiting for another instance, which brings the database schema up to date");
                return false;
            }
            try (Liquibase liquibase = liquibases.createLiquibase()) {
                // Only whoever holds our lock changes the schema, so a mark of Liquibase's own is a killed process's.
                liquibase.forceReleaseLocks();
                liquibase.update(liquibases.createContexts(), liquibases.createLabels());
                return true;
            } finally {
                unlock(connection);
            }
        } catch (Exception e) {
            if (!isUnreachable(e)) {
                throw e;
            }
            LOG.infof("waiting for the database: %s", e.getMessage());
            return false;
        }
    }

    /** A lock that ends with its session, whatever happens to this process. */
    private static boolean lock(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select pg_try_advisory_lock(" + LOCK + ")")) {
            return row.next() && row.getBoolean(1);
        }
    }

    private static void unlock(Connection connection) {
        try (Statement statement = connection.createStatement()) {
            statement.execute("select pg_advisory_unlock(" + LOCK + ")");
        } catch (SQLException e) {
            LOG.debugf("the session and its lock are gone: %s", e.getMessage());
        }
    }

    private static boolean isUnreachable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SocketException
                    || cause instanceof SQLException sql && isUnreachable(sql.getSQLState(), sql.getMessage())) {
                return true;
            }
        }
        return false;
    }

    /** No connection, too many of them, or a server that starts or stops; the pool's own timeout has no state. */
    private static boolean isUnreachable(@Nullable String state, @Nullable String message) {
        return state == null
                ? message != null && message.contains("timeout")
                : state.startsWith("08") || state.startsWith("53") || state.startsWith("57P");
    }
}
