package dev.netbase.scheduler.run.domain;

import dev.netbase.model.file.TaskFile;
import dev.netbase.model.run.RunStatus;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What has been decided and is to be made true outside. */
public sealed interface RunChange {
    /** The run has begun. */
    record RunStarted() implements RunChange {}

    /**
     * A node's tasks are to run.
     *
     * @param tasks one for a plain node, one per element of a {@code for_each}; never empty
     */
    record NodeDispatched(String node, List<NewTask> tasks) implements RunChange {}

    /**
     * A task of a node that is dispatched.
     *
     * @param failure why it cannot run: then it ends at once; null for one that is to run
     * @param files what it finds in its workspace
     */
    record NewTask(
            long id,
            @Nullable Integer index,
            @Nullable Object inputs,
            @Nullable TaskFailure failure,
            List<TaskFile> files) {
        public NewTask(long id, @Nullable Integer index, @Nullable Object inputs, @Nullable TaskFailure failure) {
            this(id, index, inputs, failure, List.of());
        }
    }

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

    /**
     * A task is to run again, as its next attempt.
     *
     * @param attempt the attempt that ended
     * @param suspicion what its lost worker says about it; null if the attempt ended by itself
     */
    record TaskRedispatched(String node, long taskId, int attempt, RunEvent.@Nullable Suspicion suspicion)
            implements RunChange {
        /** Whether the attempt ended with its worker. */
        public boolean lost() {
            return suspicion != null;
        }
    }

    /**
     * A task whose worker is gone will not run again.
     *
     * @param attempt the attempt that was lost
     */
    record TaskGivenUp(long taskId, int attempt, TaskFailure failure) implements RunChange {}

    /** {@link RunEvent.RetryDue} is wanted at this time. */
    record RetryScheduled(long taskId, Instant at) implements RunChange {}

    /** Queued tasks are to be withdrawn, running ones stopped. */
    record CancelAnnounced() implements RunChange {}

    /**
     * A task that waited for its next attempt will not get it, for the run is being cancelled.
     *
     * @param attempt the attempt that failed last
     */
    record RetryCancelled(long taskId, int attempt) implements RunChange {}

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
     * @param node null if the run's own output could not be made
     */
    record RunError(TaskFailure failure, @Nullable String node) {}
}
