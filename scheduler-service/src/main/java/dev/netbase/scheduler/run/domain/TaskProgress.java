package dev.netbase.scheduler.run.domain;

import dev.netbase.model.expression.ValueSize;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task instance as its run sees it. Whether an open one is queued or running is the worker's matter.
 *
 * @param index the element's place in a {@code for_each}; null outside of one
 * @param attempt the current attempt, from 1; only its outcome counts. For one that waits, the attempt it waits for
 * @param losses attempts that ended with a lost worker, and do not count as tries
 * @param deaths of the losses, those whose worker died with the task under way
 * @param loneDeaths of the deaths, those at which nothing else was under way on the worker
 * @param forgiven attempts that do not count as failures because the run was retried after them
 * @param output what it returned; null unless it completed
 * @param artifacts the list of files that it left, or a reference to it; null unless it completed and left some
 * @param failure why its last attempt failed
 * @param retryAt when the next attempt is due; null unless there is to be one
 */
public record TaskProgress(
        long id,
        @Nullable Integer index,
        int attempt,
        int losses,
        int deaths,
        int loneDeaths,
        int forgiven,
        Status status,
        @Nullable Object output,
        @Nullable Object artifacts,
        @Nullable TaskFailure failure,
        @Nullable Instant retryAt) {

    /** What a task takes whose values are all null: its fields, an index, and its place in a list. */
    private static final int BARE_BYTES = 100;

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
        return new TaskProgress(id, index, 1, 0, 0, 0, 0, Status.OPEN, null, null, null, null);
    }

    TaskProgress completed(@Nullable Object output, @Nullable Object artifacts) {
        return next(attempt, losses, Status.COMPLETED, output, artifacts, null, null);
    }

    TaskProgress ended(Status status, @Nullable TaskFailure failure) {
        return next(attempt, losses, status, null, null, failure, null);
    }

    /** The task as its row is after a failure that may be followed by another attempt, which nobody has decided yet. */
    TaskProgress undecided(TaskFailure failure, Instant retryAt) {
        return next(attempt, losses, Status.FAILED, null, null, failure, retryAt);
    }

    /** The same task, waiting for its next attempt. */
    TaskProgress retrying(TaskFailure failure, Instant retryAt) {
        return next(attempt + 1, losses, Status.RETRYING, null, null, failure, retryAt);
    }

    /** The task as a row says that waits for this attempt. */
    TaskProgress waiting(@Nullable TaskFailure failure, Instant retryAt) {
        return next(attempt, losses, Status.RETRYING, null, null, failure, retryAt);
    }

    TaskProgress reopened(RunChange.TaskRedispatched.Reason reason) {
        return reason.isLost()
                ? suspected(reason).next(attempt + 1, losses + 1, Status.OPEN, null, null, null, null)
                : next(attempt, losses, Status.OPEN, null, null, null, null);
    }

    /** The same task with what the loss of its worker says about it. */
    TaskProgress suspected(RunChange.TaskRedispatched.Reason reason) {
        return new TaskProgress(
                id,
                index,
                attempt,
                losses,
                deaths + (reason.isSuspicious() ? 1 : 0),
                loneDeaths + (reason == RunChange.TaskRedispatched.Reason.LOST_ALONE ? 1 : 0),
                forgiven,
                status,
                output,
                artifacts,
                failure,
                retryAt);
    }

    private TaskProgress next(
            int attempt,
            int losses,
            Status status,
            @Nullable Object output,
            @Nullable Object artifacts,
            @Nullable TaskFailure failure,
            @Nullable Instant retryAt) {
        return new TaskProgress(
                id, index, attempt, losses, deaths, loneDeaths, forgiven, status, output, artifacts, failure, retryAt);
    }

    /** About how much memory it takes. */
    long bytes() {
        return BARE_BYTES
                + ValueSize.of(output)
                + ValueSize.of(artifacts)
                + ValueSize.of(failure == null ? null : failure.message());
    }

    /** Attempts that failed by themselves, counting the current one if it did. */
    int failures() {
        return attempt - losses - forgiven;
    }
}
