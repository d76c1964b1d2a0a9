package dev.netbase.scheduler.trigger;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A wish to start a run.
 *
 * @param eventId the same wish has the same id, however often it comes
 * @param version null means the latest
 * @param priority null means the definition's
 * @param provenance where it came from, kept with the run
 */
record Trigger(
        String eventId,
        String workflow,
        @Nullable Integer version,
        @Nullable Integer priority,
        Map<String, @Nullable Object> inputs,
        Map<String, @Nullable Object> provenance) {}
