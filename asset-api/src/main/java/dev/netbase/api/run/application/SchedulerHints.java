package dev.netbase.api.run.application;

import dev.netbase.model.message.RunRequest;
import org.jspecify.annotations.Nullable;

/** Tells the scheduler of a run's row. Only a hint: the scheduler finds every row without it, later. */
public interface SchedulerHints {
    /**
     * Returns at once, and never fails: a hint that cannot be given is logged and dropped.
     *
     * @param traceparent the trace that the request belongs to, or null
     */
    void give(RunRequest.Type type, String runId, @Nullable String traceparent);

    /** The same without a trace. */
    default void give(RunRequest.Type type, String runId) {
        give(type, runId, null);
    }
}
