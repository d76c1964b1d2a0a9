package dev.netbase.api.run.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.netbase.api.run.domain.Run;
import dev.netbase.model.run.RunStatus;
import java.time.OffsetDateTime;
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

        int priority,

        @JsonRawValue @Schema(implementation = Object.class) @Nullable
        String output,

        @JsonRawValue @Schema(implementation = Object.class) @Nullable
        String error,

        OffsetDateTime createdAt,
        @Nullable OffsetDateTime startedAt,
        @Nullable OffsetDateTime finishedAt,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String parentRunId,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String rerunOf,
        int retries,
        TaskCounts tasks) {

    static RunView of(Run run) {
        return new RunView(
                run.runId(),
                run.workflow(),
                run.version(),
                run.status(),
                run.inputs(),
                run.trigger(),
                run.priority(),
                run.output(),
                run.error(),
                run.createdAt(),
                run.startedAt(),
                run.finishedAt(),
                run.parentRunId(),
                run.rerunOf(),
                run.retries(),
                TaskCounts.of(run.tasks()));
    }
}
