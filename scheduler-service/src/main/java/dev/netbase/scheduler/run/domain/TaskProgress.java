package dev.netbase.scheduler.run.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A task instance as its run sees it. Whether an open one is queued or running is the worker's matter.
 *
 * @param index the element's place in a {@code for_each}; null outside of one
 * @param attempt the current attempt, from 1; only its outcome counts
 * @param losses attempts that ended with a lost worker, and do not count as tries
 * @param deaths of the losses, those whose worker died with the task under way
 * @param loneDeaths of the deaths, those at which nothing else was under way on the worker
 * @param output what it returned; null unless it completed
 * @param artifacts the list of files that it left, or a reference to it; null unless it completed and left some
 * @param failure why its last attempt failed
 * @param retryAt when the next attempt is due; null unless it waits for one
 */
public record TaskProgress(
        long id,
        @Nullable Integer index,
        int attempt,
        int losses,
        int deaths,
        int loneDeaths,
        Status status,
        @Nullable Object output,
        @Nullable Object artifacts,
        @Nullable TaskFailure failure,
        @Nullable Instant retryAt) {

    /** Where a task stands. */
    public enum Status {
        /** Dispatched; its outcome is awaited. */
        OPEN,
        /** Failed; another attempt is due at {@link #retryAt}. */
        RETRYING,
        COMPLETED,
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
        return new TaskProgress(id, index, 1, 0, 0, 0, Status.OPEN, null, null, null, null);
    }

    TaskProgress completed(@Nullable Object output, @Nullable Object artifacts) {
        return next(attempt, losses, Status.COMPLETED, output, artifacts, null, null);
    }

    TaskProgress ended(Status status, TaskFailure failure) {
        return next(attempt, losses, status, null, null, failure, null);
    }

    TaskProgress retrying(TaskFailure failure, Instant retryAt) {
        return next(attempt, losses, Status.RETRYING, null, null, failure, retryAt);
    }

    TaskProgress reopened(boolean lost) {
        return next(attempt + 1, losses + (lost ? 1 : 0), Status.OPEN, null, null, null, null);
    }

    /** The same task after one more death of a worker that had it. */
    TaskProgress suspected(RunEvent.Suspicion suspicion) {
        return new TaskProgress(
                id,
                index,
                attempt,
                losses,
                deaths + (suspicion == RunEvent.Suspicion.NONE ? 0 : 1),
                loneDeaths + (suspicion == RunEvent.Suspicion.ALONE ? 1 : 0),
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
                id, index, attempt, losses, deaths, loneDeaths, status, output, artifacts, failure, retryAt);
    }

    /** Attempts that failed by themselves, counting the current one if it did. */
    int failures() {
        return attempt - losses;
    }
}
