package dev.netbase.api.schedule.domain;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * Starts runs of a workflow at certain times.
 *
 * @param version the workflow's version; null for the latest at each tick
 * @param cron minute, hour, day of month, month, day of week
 * @param timeZone by its name in the IANA database
 * @param inputs JSON, the same for every run
 * @param priority null for the definition's
 * @param catchUp skip, one or all
 * @param overlap allow, skip or queue
 * @param nextAt the next tick; null while it is paused, and if there will be none
 * @param lastRunId the run that it started last; null before the first
 */
public record Schedule(
        long id,
        String name,
        String workflow,
        @Nullable Integer version,
        String cron,
        String timeZone,
        String inputs,
        @Nullable Integer priority,
        String catchUp,
        String overlap,
        boolean paused,
        @Nullable OffsetDateTime nextAt,
        @Nullable String lastRunId,
        long ownerId,
        OffsetDateTime createdAt,
        OffsetDateTime updatedAt) {}
