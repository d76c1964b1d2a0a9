package dev.netbase.api.run.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.netbase.api.run.domain.Run;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskStatus;
import java.time.OffsetDateTime;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A run. */
@Schema(name = "Run")
record RunView(
        String runId,
        String workflow,
        int version,
        RunStatus status,

        @JsonRawValue @JsonInclude(JsonInclude.Include.NON_NULL) @Schema(implementation = Object.class) @Nullable
        String inputs,

        @JsonRawValue @Schema(implementation = Object.class) String trigger,

        @JsonRawValue @Schema(implementation = Object.class) @Nullable
        String output,

        @JsonRawValue @Schema(implementation = Object.class) @Nullable
        String error,

        OffsetDateTime createdAt,
        @Nullable OffsetDateTime startedAt,
        @Nullable OffsetDateTime finishedAt,
        TaskCounts tasks) {

    /** How many tasks have each status. */
    @Schema(name = "TaskCounts")
    record TaskCounts(
            long total, long pending, long running, long completed, long failed, long cancelled, long skipped) {
        static TaskCounts of(Map<TaskStatus, Long> counts) {
            return new TaskCounts(
                    counts.values().stream().mapToLong(Long::longValue).sum(),
                    counts.getOrDefault(TaskStatus.PENDING, 0L),
                    counts.getOrDefault(TaskStatus.RUNNING, 0L),
                    counts.getOrDefault(TaskStatus.COMPLETED, 0L),
                    counts.getOrDefault(TaskStatus.FAILED, 0L),
                    counts.getOrDefault(TaskStatus.CANCELLED, 0L),
                    counts.getOrDefault(TaskStatus.SKIPPED, 0L));
        }
    }

    static RunView of(Run run) {
        return new RunView(
                run.runId(),
                run.workflow(),
                run.version(),
                run.status(),
                run.inputs(),
                run.trigger(),
                run.output(),
                run.error(),
                run.createdAt(),
                run.startedAt(),
                run.finishedAt(),
                TaskCounts.of(run.tasks()));
    }
}
