package dev.netbase.scheduler.run.domain;

import dev.netbase.model.run.RunStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has been decided and is to be made true outside. */
public sealed interface RunChange {
    /** The run has begun. */
    record RunStarted() implements RunChange {}

    /**
     * A node's tasks are to run: in workers, or as runs of another workflow.
     *
     * @param tasks one for a plain node, one per element of a {@code for_each}; never empty
     */
    record NodeDispatched(String node, List<NewTask> tasks) implements RunChange {}

    /**
     * A task of a node that is dispatched.
     *
     * @param failure why it does not run: then it ends at once, as cancelled if the code says so; null for one that is
     *     to run
     */
    record NewTask(
            long id,
            @Nullable Integer index,
            @Nullable Object inputs,
            @Nullable TaskFailure failure) {}

    /**
     * A node ended without tasks: skipped, cancelled, failed before it had any, or a {@code for_each} over nothing.
     *
     * @param taskId the id for the row that shows this among the run's tasks; 0 for a {@code for_each} over nothing,
     *     which shows none
     */
    record NodeEndedWithoutTasks(
            String node,
            NodeProgress.Status status,
            long taskId,
            @Nullable TaskFailure failure) implements RunChange {}

    /** An element failed for good: the node's queued tasks are to be withdrawn, its running ones stopped. */
    record NodeStopped(String node) implements RunChange {}

    /**
     * A task is to run again, now.
     *
     * @param attempt the attempt that ended, or that waited for this moment
     * @param reason why it runs again
     */
    record TaskRedispatched(String node, long taskId, int attempt, Reason reason) implements RunChange {
        /** Why a task runs again. */
        public enum Reason {
            /** Its worker is gone; the attempt that ended does not count. */
            LOST,
            /** Its wait is over; the attempt has its number already. */
            WAITED
        }

        /** The attempt that is to run. */
        public int nextAttempt() {
            return reason == Reason.LOST ? attempt + 1 : attempt;
        }
    }

    /**
     * A task that failed waits for its next attempt. {@link RunEvent.RetryDue} is wanted then.
     *
     * @param attempt the attempt that failed
     */
    record RetryScheduled(long taskId, int attempt, Instant at) implements RunChange {}

    /** This event is wanted at this time. Nothing is written. */
    record Awaited(Instant at, RunEvent event) implements RunChange {}

    /** Queued and waiting tasks are to be withdrawn, running ones and sub-workflows stopped. */
    record StopAnnounced(Stop reason) implements RunChange {}

    /**
     * A task whose worker was lost ends, for it is being stopped.
     *
     * @param attempt the attempt that was lost
     */
    record LostTaskCancelled(long taskId, int attempt) implements RunChange {}

    /**
     * The run has ended.
     *
     * @param output null unless it completed
     * @param error null if it completed
     */
    record RunEnded(
            RunStatus status,
            @Nullable Object output,
            @Nullable RunError error) implements RunChange {}

    /**
     * Why a run failed: the first node, in the order of the definition, that did.
     *
     * @param node null if the run failed as a whole: its output could not be made, or its time was up
     */
    record RunError(TaskFailure failure, @Nullable String node) {}
}
