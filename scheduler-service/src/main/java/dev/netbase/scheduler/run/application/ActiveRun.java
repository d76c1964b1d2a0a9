package dev.netbase.scheduler.run.application;

import dev.netbase.scheduler.run.domain.RunState;

/** A run with what messages say of it beside its state. */
public record ActiveRun(String workflow, int workflowVersion, RunState state) {
    /** The same run in another state. */
    public ActiveRun with(RunState next) {
        return new ActiveRun(workflow, workflowVersion, next);
    }

    /** The run's id. */
    public String id() {
        return state.runId();
    }
}
