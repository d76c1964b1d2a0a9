package dev.netbase.api.run.domain;

import dev.netbase.model.task.TaskStatus;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A task instance of a run. Payloads are JSON texts, or references to artifacts.
 *
 * @param index the position in the node's {@code for_each}, or null
 * @param attempt 1 or more
 * @param agentId null for a task that ended before its agent was resolved
 * @param error null unless it has failed or was cancelled
 * @param nextAttemptAt when the attempt of one that waits is due, else null
 * @param childRunId the run that is its current attempt, where the node executes a workflow
 * @param fuelUsed units of fuel; null until it has ended
 * @param peakMemoryBytes the most linear memory it had; null until it has ended
 */
public record Task(
        long taskInstanceId,
        String node,
        @Nullable Integer index,
        TaskStatus status,
        int attempt,
        @Nullable String groupId,
        @Nullable Long agentId,
        @Nullable String inputs,
        @Nullable String output,
        @Nullable Error error,
        @Nullable OffsetDateTime nextAttemptAt,
        @Nullable String childRunId,
        @Nullable Long fuelUsed,
        @Nullable Long peakMemoryBytes,
        OffsetDateTime queuedAt,
        @Nullable OffsetDateTime startedAt,
        @Nullable OffsetDateTime finishedAt) {

    /** Why a task did not complete. */
    public record Error(String code, String message) {}
}
