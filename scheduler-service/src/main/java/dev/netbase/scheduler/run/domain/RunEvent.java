package dev.netbase.scheduler.run.domain;

import org.jspecify.annotations.Nullable;

/** What can happen to a run. Any may come late, twice, or in another order. */
public sealed interface RunEvent {
    /** The run is to begin. */
    record Start() implements RunEvent {}

    /** A worker, or the end of a sub-workflow's run, says that an attempt completed. */
    record TaskCompleted(long taskId, int attempt, @Nullable Object output) implements RunEvent {}

    /** A worker, or the end of a sub-workflow's run, says that an attempt failed or was cancelled. */
    record TaskFailed(long taskId, int attempt, TaskFailure failure) implements RunEvent {}

    /** The worker that had the attempt is gone. */
    record TaskLost(long taskId, int attempt) implements RunEvent {}

    /** The wait before a task's next attempt may be over. */
    record RetryDue(long taskId) implements RunEvent {}

    /** The run's time may be up. */
    record TimeoutDue() implements RunEvent {}

    /**
     * The state was read from the database: what follows from it may not have been decided. That the run is to stop is
     * told in no other way.
     */
    record Resumed() implements RunEvent {}
}
