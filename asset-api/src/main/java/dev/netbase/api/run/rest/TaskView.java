package dev.netbase.api.run.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.netbase.api.run.domain.Task;
import dev.netbase.model.task.TaskStatus;
import java.time.OffsetDateTime;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A task instance. */
@Schema(name = "Task")
record TaskView(
        long taskInstanceId,
        String node,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer index,
        TaskStatus status,
        int attempt,
        @Nullable String groupId,
        @Nullable Long agentId,

        @JsonRawValue @Schema(implementation = Object.class) @Nullable
        String inputs,

        @JsonRawValue @Schema(implementation = Object.class) @Nullable
        String output,

        Task.@Nullable Error error,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable OffsetDateTime nextAttemptAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String childRunId,
        @Nullable Long fuelUsed,
        @Nullable Long peakMemoryBytes,
        OffsetDateTime queuedAt,
        @Nullable OffsetDateTime startedAt,
        @Nullable OffsetDateTime finishedAt) {

    static TaskView of(Task task) {
        return new TaskView(
                task.taskInstanceId(),
                task.node(),
                task.index(),
                task.status(),
                task.attempt(),
                task.groupId(),
                task.agentId(),
                task.inputs(),
                task.output(),
                task.error(),
                task.nextAttemptAt(),
                task.childRunId(),
                task.fuelUsed(),
                task.peakMemoryBytes(),
                task.queuedAt(),
                task.startedAt(),
                task.finishedAt());
    }
}
