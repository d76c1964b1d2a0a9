package dev.netbase.scheduler.trace;

import io.opentelemetry.api.trace.Span;
import org.jspecify.annotations.Nullable;

/**
 * What is about to happen to a run, as a part of its trace. Only {@link #end} tells of it: what comes to nothing, since
 * somebody else was faster, is never told.
 */
public final class RunSpan {
    private final @Nullable String traceparent;
    private final Span span;

    RunSpan(@Nullable String traceparent, Span span) {
        this.traceparent = traceparent;
        this.span = span;
    }

    /** The trace parent for all that follows from it; null if it belongs to no trace. */
    public @Nullable String traceparent() {
        return traceparent;
    }

    /** It is written. */
    public void end() {
        span.end();
    }

    /** It is written, and made so many tasks. */
    public void end(int tasks) {
        span.setAttribute("tasks", tasks).end();
    }
}
