package dev.netbase.api.schedule.domain;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A time at which a schedule was due.
 *
 * @param outcome STARTED, SKIPPED, QUEUED or REFUSED
 * @param runId the run that it started; null if none
 * @param reason why it started none; null if it did
 */
public record Tick(
        OffsetDateTime tickAt,
        String outcome,
        @Nullable String runId,
        @Nullable String reason,
        OffsetDateTime decidedAt) {}
