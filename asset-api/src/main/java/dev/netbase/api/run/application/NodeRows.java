package dev.netbase.api.run.application;

import dev.netbase.model.task.TaskStatus;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the database has of a run's nodes.
 *
 * @param runEnded whether the run has ended
 * @param decided nodes that have been decided, by key
 * @param tasks the run's tasks, counted by node, status, error and number of failures
 */
public record NodeRows(
        long workflowId,
        int version,
        boolean runEnded,
        Map<String, Decided> decided,
        Map<String, List<Counted>> tasks) {
    /**
     * A node that has been decided.
     *
     * @param status null if its tasks tell the rest
     * @param error JSON
     */
    public record Decided(
            @Nullable TaskStatus status, @Nullable String error, OffsetDateTime at) {}

    /**
     * Tasks of a node that stand alike.
     *
     * @param failures how many of their attempts did not end with a lost worker, the present one included
     */
    public record Counted(
            TaskStatus status,
            @Nullable String errorCode,
            int failures,
            long count,
            OffsetDateTime firstQueued,
            @Nullable OffsetDateTime firstStarted,
            @Nullable OffsetDateTime lastFinished) {}
}
