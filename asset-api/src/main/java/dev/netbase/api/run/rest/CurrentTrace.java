package dev.netbase.api.run.rest;

import dev.netbase.model.trace.TraceParent;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import org.jspecify.annotations.Nullable;

/** The trace that a request belongs to: of this service's own span if it traces, else as the caller has it. */
final class CurrentTrace {
    private CurrentTrace() {}

    /**
     * The trace parent for what follows from this request, or null if it belongs to no trace.
     *
     * @param header what the caller sent
     */
    static @Nullable String or(@Nullable String header) {
        SpanContext span = Span.current().getSpanContext();
        return span.isValid()
                ? "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                        + span.getTraceFlags().asHex()
                : TraceParent.valid(header);
    }
}
