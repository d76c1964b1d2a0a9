package dev.netbase.scheduler.trigger;

import dev.netbase.model.trace.TraceParent;
import java.util.LinkedHashMap;
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
        Map<String, @Nullable Object> provenance) {

    /** The trace that it belongs to, or null. */
    @Nullable
    String traceparent() {
        return provenance.get(TraceParent.HEADER) instanceof String text ? text : null;
    }

    /** The same trigger as part of a trace; null is none. */
    Trigger inTrace(@Nullable String traceparent) {
        if (traceparent == null || traceparent.equals(traceparent())) {
            return this;
        }
        Map<String, @Nullable Object> traced = new LinkedHashMap<>(provenance);
        traced.put(TraceParent.HEADER, traceparent);
        return new Trigger(eventId, workflow, version, priority, inputs, traced);
    }
}
