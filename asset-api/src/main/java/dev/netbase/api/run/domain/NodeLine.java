package dev.netbase.api.run.domain;

import dev.netbase.model.task.TaskStatus;
import java.time.OffsetDateTime;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A node of a run, all its tasks as one.
 *
 * @param status PENDING until it is decided, RUNNING while one of its tasks has not ended or is to be tried again
 * @param tasks how many of its tasks have each status
 * @param error JSON; why it failed or was cancelled without running
 * @param queuedAt when its first task was queued, or when it ended without any; null while it is PENDING
 * @param startedAt when its first task began in its latest attempt
 * @param finishedAt when its last task ended; null while one has not
 */
public record NodeLine(
        String node,
        TaskStatus status,
        Map<TaskStatus, Long> tasks,
        @Nullable String error,
        @Nullable OffsetDateTime queuedAt,
        @Nullable OffsetDateTime startedAt,
        @Nullable OffsetDateTime finishedAt) {}
