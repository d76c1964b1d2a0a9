package dev.netbase.worker.group.domain;

import dev.netbase.model.file.TaskFile;
import dev.netbase.model.limits.TaskLimits;
import java.util.List;

/**
 * A task that is ready to be executed.
 *
 * @param limits what it may use, the operator's caps and the node's time limit applied
 * @param input the whole input JSON in UTF-8, no longer than the limit
 * @param files what it is to find in its workspace
 */
public record TaskCall(
        TaskKey key, String groupId, TaskSpec spec, TaskLimits limits, byte[] input, List<TaskFile> files) {
    /** A task without files. */
    public TaskCall(TaskKey key, String groupId, TaskSpec spec, TaskLimits limits, byte[] input) {
        this(key, groupId, spec, limits, input, List.of());
    }
}
