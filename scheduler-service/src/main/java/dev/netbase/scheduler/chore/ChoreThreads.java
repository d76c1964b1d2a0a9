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
    /** Between two looks for the schema, and at least after a failure. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Duration PATIENCE = Duration.ofSeconds(4);
    private static final Duration AFTER_INTERRUPT = Duration.ofMillis(500);

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

    /** Lets turns end that are under way, for a moment; what they leave undone is done by the next scheduler that looks. */
    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping.countDown();
        long end = System.nanoTime() + PATIENCE.toNanos();
        for (Thread thread : threads) {
            if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
                thread.interrupt();
            }
        }
        for (Thread thread : threads) {
            thread.join(AFTER_INTERRUPT);
        }
    }

    private void run(Chore chore) {
        boolean schemaIsThere = false;
        boolean failing = false;
        Duration wait = Duration.ZERO;
        while (!stops(wait)) {
            try {
                schemaIsThere = schemaIsThere || database.schemaIsThere();
                if (schemaIsThere) {
                    chore.turn();
                }
                failing = false;
                wait = schemaIsThere ? chore.interval() : PAUSE;
            } catch (RuntimeException e) {
                // said once for each outage
                LOG.logf(failing ? Logger.Level.DEBUG : Logger.Level.WARN, "%s: %s; trying again", chore.name(), e);
                failing = true;
                wait = chore.interval().compareTo(PAUSE) > 0 ? chore.interval() : PAUSE;
            }
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
