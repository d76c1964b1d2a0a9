package dev.netbase.api.platform.schema;

import io.quarkus.liquibase.LiquibaseFactory;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Event;
import jakarta.enterprise.event.Observes;
import java.sql.SQLException;
import java.time.Duration;
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
    private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);

    private final LiquibaseFactory liquibases;
    private final Event<SchemaReady> ready;
    private volatile boolean done;
    private volatile @Nullable Thread thread;

    SchemaMigration(LiquibaseFactory liquibases, Event<SchemaReady> ready) {
        this.liquibases = liquibases;
        this.ready = ready;
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
            LOG.error("the database schema cannot be brought up to date", e);
            Quarkus.asyncExit(1);
        }
    }

    /** Whether it is done; false means the database cannot be reached yet. */
    private boolean tryMigrate() throws Exception {
        try (Liquibase liquibase = liquibases.createLiquibase()) {
            liquibase.update(liquibases.createContexts(), liquibases.createLabels());
            return true;
        } catch (Exception e) {
            if (!isUnreachable(e)) {
                throw e;
            }
            LOG.infof("waiting for the database: %s", e.getMessage());
            return false;
        }
    }

    private static boolean isUnreachable(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql
                    && sql.getSQLState() != null
                    && (sql.getSQLState().startsWith("08") || sql.getSQLState().startsWith("57P"))) {
                return true;
            }
        }
        return false;
    }
}
