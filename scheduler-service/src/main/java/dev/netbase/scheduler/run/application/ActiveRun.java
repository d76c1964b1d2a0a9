package dev.netbase.scheduler.run.application;

import dev.netbase.scheduler.run.domain.RunState;
import org.jspecify.annotations.Nullable;

/**
 * A run with what messages say of it beside its state.
 *
 * @param priority of its tasks among those of other runs; higher ones first
 * @param traceparent the trace that its start belongs to, or null
 */
public record ActiveRun(
        String workflow,
        int workflowVersion,
        int priority,
        @Nullable String traceparent,
        RunState state) {
    /** The same run in another state. */
    public ActiveRun with(RunState next) {
        return new ActiveRun(workflow, workflowVersion, priority, traceparent, next);
    }

    /** The run's id. */
    public String id() {
        return state.runId();
    }
}
