package dev.netbase.scheduler.run.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task instance as its run sees it. Whether an open one is queued or running is the worker's matter.
 *
 * @param index the element's place in a {@code for_each}; null outside of one
 * @param attempt the current attempt, from 1; only its outcome counts. For one that waits, the attempt it waits for
 * @param losses attempts that ended with a lost worker
 * @param forgiven attempts that do not count as failures because the run was retried after them
 * @param output what it returned; null unless it completed
 * @param failure why its last attempt failed
 * @param retryAt when the next attempt is due; null unless there is to be one
 */
public record TaskProgress(
        long id,
        @Nullable Integer index,
        int attempt,
        int losses,
        int forgiven,
        Status status,
        @Nullable Object output,
        @Nullable TaskFailure failure,
        @Nullable Instant retryAt) {

    /** Where a task stands. */
    public enum Status {
        /** Dispatched; its outcome is awaited. */
        OPEN,
        /** Its attempt is due at {@link #retryAt}. */
        RETRYING,
        COMPLETED,
        /** For good; but with {@link #retryAt}, it was read from a row about which nobody has decided. */
        FAILED,
        CANCELLED;

        boolean isEnded() {
            return switch (this) {
                case OPEN, RETRYING -> false;
                case COMPLETED, FAILED, CANCELLED -> true;
            };
        }
    }

    /** A task that has just been dispatched. */
    public static TaskProgress opened(long id, @Nullable Integer index) {
        return new TaskProgress(id, index, 1, 0, 0, Status.OPEN, null, null, null);
    }

    TaskProgress completed(@Nullable Object output) {
        return new TaskProgress(id, index, attempt, losses, forgiven, Status.COMPLETED, output, null, null);
    }

    TaskProgress ended(Status status, @Nullable TaskFailure failure) {
        return new TaskProgress(id, index, attempt, losses, forgiven, status, null, failure, null);
    }

    /** The task as its row is after a failure that may be followed by another attempt, which nobody has decided yet. */
    TaskProgress undecided(TaskFailure failure, Instant retryAt) {
        return new TaskProgress(id, index, attempt, losses, forgiven, Status.FAILED, null, failure, retryAt);
    }

    /** The same task, waiting for its next attempt. */
    TaskProgress retrying(TaskFailure failure, Instant retryAt) {
        return new TaskProgress(id, index, attempt + 1, losses, forgiven, Status.RETRYING, null, failure, retryAt);
    }

    /** The task as a row says that waits for this attempt. */
    TaskProgress waiting(@Nullable TaskFailure failure, Instant retryAt) {
        return new TaskProgress(id, index, attempt, losses, forgiven, Status.RETRYING, null, failure, retryAt);
    }

    TaskProgress reopened(RunChange.TaskRedispatched.Reason reason) {
        return switch (reason) {
            case LOST -> new TaskProgress(id, index, attempt + 1, losses + 1, forgiven, Status.OPEN, null, null, null);
            case WAITED -> new TaskProgress(id, index, attempt, losses, forgiven, Status.OPEN, null, null, null);
        };
    }

    /** Attempts that failed by themselves, counting the current one if it did. */
    int failures() {
        return attempt - losses - forgiven;
    }
}
