package dev.netbase.worker.group.application;

import dev.netbase.worker.group.application.Cancellation.Reason;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Set;
import org.jboss.logging.Logger;

/**
 * Cancels the tasks in hand of runs, and of nodes, that are being stopped. A control record says so at once;
 * {@link #tick}, called every second, asks the database in case the record did not arrive.
 */
@Singleton
public class CancellationWatch {
    private static final Logger LOG = Logger.getLogger(CancellationWatch.class);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private final LeaseStore store;
    private final TasksInHand inHand;

    public CancellationWatch(LeaseStore store, TasksInHand inHand) {
        this.store = store;
        this.inHand = inHand;
    }

    /** Cancels a run's tasks in hand. */
    public void cancel(String runId) {
        int tasks = inHand.cancelRun(runId);
        if (tasks > 0) {
            TaskLog.about(runId, () -> LOG.infof("run %s is cancelled: %d tasks are stopped", runId, tasks));
        }
    }

    /** Asks which of a run's tasks in hand are to stop. Blocks for a few seconds at most; a failure is logged. */
    public void check(String runId) {
        if (inHand.runIds().contains(runId)) {
            stop(Set.of(runId));
        }
    }

    private void stop(Set<String> runIds) {
        try {
            store.stopping(runIds).await().atMost(ANSWER).forEach(key -> inHand.cancel(key, Reason.RUN_CANCELLED));
        } catch (RuntimeException e) {
            LOG.warnf("tasks that are to stop could not be asked for: %s", e.toString());
        }
    }

    /** Asks which of the runs in hand are being cancelled. Blocks for a few seconds at most; a failure is logged. */
    public void tick() {
        Set<String> runIds = inHand.runIds();
        if (runIds.isEmpty()) {
            return;
        }
        try {
            store.cancelling(runIds).await().atMost(ANSWER).forEach(this::cancel);
        } catch (RuntimeException e) {
            LOG.warnf("cancelled runs could not be asked for: %s", e.toString());
        }
        stop(runIds);
    }
}
