package dev.netbase.api.run.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.netbase.api.run.domain.Provenance;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** What a task took and gave, by digests, and what executed it. */
@Schema(name = "TaskProvenance")
record TaskProvenanceView(
        long taskInstanceId,
        String node,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Integer index,
        int attempt,
        @Nullable String inputsSha256,
        @Nullable String outputSha256,
        @Nullable Long timeoutMs,
        @Nullable String engine,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String childRunId) {
    static TaskProvenanceView of(Provenance.TaskPart task) {
        return new TaskProvenanceView(
                task.taskInstanceId(),
                task.node(),
                task.index(),
                task.attempt(),
                task.inputsSha256(),
                task.outputSha256(),
                task.timeoutMs(),
                task.engine(),
                task.childRunId());
    }
}
