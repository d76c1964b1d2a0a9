package dev.netbase.scheduler.run.domain;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a run fixed for a node when it started. */
public sealed interface NodePlan {
    /**
     * The node's tasks run in workers.
     *
     * @param specId the agent's file and merged configuration, as {@code task_specs} has them
     * @param defaultInputs {@code config.inputs}; null if the configuration has none
     */
    record Agent(long specId, @Nullable Map<String, @Nullable Object> defaultInputs) implements NodePlan {}

    /** The node's tasks are runs of a version of another workflow. */
    record SubWorkflow(long workflowId, int version) implements NodePlan {}
}
