package dev.netbase.api.run.domain;

import dev.netbase.model.run.RunStatus;
import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** A run as lists show it: without payloads and task counts, which may be large. */
public record RunSummary(
        String runId,
        String workflow,
        int version,
        RunStatus status,
        OffsetDateTime createdAt,
        @Nullable OffsetDateTime startedAt,
        @Nullable OffsetDateTime finishedAt) {}
