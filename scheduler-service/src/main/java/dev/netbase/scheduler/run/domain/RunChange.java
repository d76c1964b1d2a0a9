package dev.netbase.scheduler.run.domain;

import dev.netbase.model.expression.ValueSize;
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
     * A node's tasks are to run: in workers, or as runs of another workflow.
     *
     * @param tasks one for a plain node, one per element of a {@code for_each}; never empty
     */
    record NodeDispatched(String node, List<NewTask> tasks) implements RunChange {
        /** About how many bytes of memory the tasks' inputs take. */
        public long inputBytes() {
            return tasks.stream().mapToLong(task -> ValueSize.of(task.inputs())).sum();
        }
    }

    /**
     * A task of a node that is dispatched.
     *
     * @param failure why it does not run: then it ends at once, as cancelled if the code says so; null for one that is
     *     to run
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

    /** An element failed for good: the node's queued tasks are to be withdrawn, its running ones stopped. */
    record NodeStopped(String node) implements RunChange {}

    /**
     * A task whose worker is gone will not run again.
     *
     * @param attempt the attempt that was lost
     */
    record TaskGivenUp(long taskId, int attempt, TaskFailure failure) implements RunChange {}

    /**
     * A task is to run again, now.
     *
     * @param attempt the attempt that ended, or that waited for this moment
     * @param reason why it runs again
     */
    record TaskRedispatched(String node, long taskId, int attempt, Reason reason) implements RunChange {
        /** Why a task runs again. */
        public enum Reason {
            /** Its worker gave it back, or was lost while it had not begun; the attempt does not count. */
            GIVEN_BACK,
            /** Its worker died with it and others; the attempt does not count. */
            LOST,
            /** Its worker died with it and no other; the attempt does not count. */
            LOST_ALONE,
            /** Its wait is over; the attempt has its number already. */
            WAITED;

            static Reason of(RunEvent.Suspicion suspicion) {
                return switch (suspicion) {
                    case NONE -> GIVEN_BACK;
                    case SHARED -> LOST;
                    case ALONE -> LOST_ALONE;
                };
            }

            /** Whether the attempt ended with its worker. */
            public boolean isLost() {
                return this != WAITED;
            }

            /** Whether the task may be why its worker died. */
            public boolean isSuspicious() {
                return this == LOST || this == LOST_ALONE;
            }
        }

        /** The attempt that is to run. */
        public int nextAttempt() {
            return reason.isLost() ? attempt + 1 : attempt;
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
