package dev.netbase.api.run.application;

import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.subscription.UniEmitter;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Those who wait for runs to end. No thread and no connection is held for them: while anybody waits, one query every
 * {@value #POLL_MILLIS} ms asks for all.
 */
@ApplicationScoped
public class RunWaiters {
    private static final Logger LOG = Logger.getLogger(RunWaiters.class);
    private static final long POLL_MILLIS = 20;
    private static final long PAUSE_AFTER_FAILURE_MILLIS = 500;

    private final RunRepository repository;
    private final Vertx vertx;
    private final Map<String, Set<UniEmitter<? super Boolean>>> waiting = new HashMap<>();
    private boolean polling;

    RunWaiters(RunRepository repository, Vertx vertx) {
        this.repository = repository;
        this.vertx = vertx;
    }

    /**
     * Waits for a run's end.
     *
     * @return whether it has ended; false if the time is up
     */
    public Uni<Boolean> end(String runId, Duration atMost) {
        return Uni.createFrom().<Boolean>emitter(emitter -> {
            add(runId, emitter);
            long timer = vertx.setTimer(atMost.toMillis(), fired -> {
                remove(runId, emitter);
                emitter.complete(false);
            });
            emitter.onTermination(() -> {
                vertx.cancelTimer(timer);
                remove(runId, emitter);
            });
        });
    }

    /** How many wait. */
    synchronized int size() {
        return waiting.values().stream().mapToInt(Set::size).sum();
    }

    private synchronized void add(String runId, UniEmitter<? super Boolean> emitter) {
        waiting.computeIfAbsent(runId, id -> new HashSet<>()).add(emitter);
        if (!polling) {
            polling = true;
            pollAfter(POLL_MILLIS);
        }
    }

    private synchronized void remove(String runId, UniEmitter<? super Boolean> emitter) {
        Set<UniEmitter<? super Boolean>> emitters = waiting.get(runId);
        if (emitters != null && emitters.remove(emitter) && emitters.isEmpty()) {
            waiting.remove(runId);
        }
    }

    private void pollAfter(long millis) {
        vertx.setTimer(millis, fired -> poll());
    }

    private void poll() {
        Set<String> runIds = runsOrStop();
        if (runIds == null) {
            return;
        }
        repository
                .ended(runIds)
                .subscribe()
                .with(
                        ended -> {
                            ended.forEach(this::wake);
                            pollAfter(POLL_MILLIS);
                        },
                        failure -> {
                            LOG.debugf(failure, "cannot ask which runs have ended");
                            pollAfter(PAUSE_AFTER_FAILURE_MILLIS);
                        });
    }

    private synchronized @Nullable Set<String> runsOrStop() {
        if (waiting.isEmpty()) {
            polling = false;
            return null;
        }
        return Set.copyOf(waiting.keySet());
    }

    private void wake(String runId) {
        List<UniEmitter<? super Boolean>> emitters;
        synchronized (this) {
            Set<UniEmitter<? super Boolean>> removed = waiting.remove(runId);
            emitters = removed == null ? List.of() : List.copyOf(removed);
        }
        emitters.forEach(emitter -> emitter.complete(true));
    }
}
