package dev.netbase.worker.group.domain;

import dev.netbase.model.limits.TaskLimits;

/**
 * A task that is ready to be executed.
 *
 * @param limits what it may use, the operator's caps and the node's time limit applied
 * @param input the whole input JSON in UTF-8, no longer than the limit
 */
public record TaskCall(TaskKey key, String groupId, TaskSpec spec, TaskLimits limits, byte[] input) {}
