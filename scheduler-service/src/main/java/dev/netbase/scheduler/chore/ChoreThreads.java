package dev.netbase.scheduler.chore;

import dev.netbase.scheduler.platform.Database;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Any;
import jakarta.enterprise.inject.Instance;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Gives each chore its thread. */
@ApplicationScoped
public class ChoreThreads {
    private static final Logger LOG = Logger.getLogger(ChoreThreads.class);
    private static final Duration WAIT_FOR_SCHEMA = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Instance<Chore> chores;
    private final Database database;
    private final List<Thread> threads = new ArrayList<>();
    private final CountDownLatch stopping = new CountDownLatch(1);

    public ChoreThreads(@Any Instance<Chore> chores, Database database) {
        this.chores = chores;
        this.database = database;
    }

    void start(@Observes StartupEvent event) {
        for (Chore chore : chores) {
            threads.add(Thread.ofPlatform()
                    .name("scheduler-" + chore.name())
                    .daemon()
                    .start(() -> run(chore)));
        }
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping.countDown();
        for (Thread thread : threads) {
            thread.join(PATIENCE);
        }
    }

    private void run(Chore chore) {
        boolean schemaIsThere = false;
        Duration wait = Duration.ZERO;
        while (!stops(wait)) {
            try {
                schemaIsThere = schemaIsThere || database.schemaIsThere();
                if (schemaIsThere) {
                    chore.turn();
                }
            } catch (RuntimeException e) {
                LOG.warnf("%s: %s; trying again", chore.name(), e);
                LOG.debug(chore.name(), e);
            }
            wait = schemaIsThere ? chore.interval() : WAIT_FOR_SCHEMA;
        }
    }

    private boolean stops(Duration wait) {
        try {
            return stopping.await(wait.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
