package dev.netbase.api.run.rest;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.netbase.api.run.domain.NodeLine;
import dev.netbase.model.task.TaskStatus;
import java.time.OffsetDateTime;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/** A node of a run. */
@Schema(name = "Node")
record NodeView(
        String node,
        TaskStatus status,
        TaskCounts tasks,

        @JsonRawValue @Schema(implementation = Object.class) @Nullable
        String error,

        @Nullable OffsetDateTime queuedAt,
        @Nullable OffsetDateTime startedAt,
        @Nullable OffsetDateTime finishedAt) {

    static NodeView of(NodeLine line) {
        return new NodeView(
                line.node(),
                line.status(),
                TaskCounts.of(line.tasks()),
                line.error(),
                line.queuedAt(),
                line.startedAt(),
                line.finishedAt());
    }
}
