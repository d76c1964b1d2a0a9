package dev.netbase.api.run.domain;

import dev.netbase.model.task.TaskStatus;
import org.jspecify.annotations.Nullable;

/**
 * A task of a run that did not come to what the same task of the run it repeats came to.
 *
 * @param index the position in the node's {@code for_each}, or null
 * @param task null where only the other run has such a task
 * @param origin null where only this run has such a task
 */
public record OutputDifference(
        String node,
        @Nullable Integer index,
        @Nullable Side task,
        @Nullable Side origin) {

    /**
     * A task of one of the runs.
     *
     * @param outputSha256 of the output's JSON text; null unless it completed
     */
    public record Side(
            long taskInstanceId,
            TaskStatus status,
            @Nullable String outputSha256) {}
}
