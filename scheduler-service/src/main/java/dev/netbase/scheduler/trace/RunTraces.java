package dev.netbase.scheduler.trace;

import dev.netbase.model.trace.TraceParent;
import dev.netbase.scheduler.run.application.ActiveRun;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A span for each run that begins here, of which a trigger or a schedule may have brought no trace, and for each advance
 * of a run whose trace is kept. Without a tracer all stays in the trace that it came with.
 */
@ApplicationScoped
public class RunTraces {
    private final Tracer tracer;

    public RunTraces(Tracer tracer) {
        this.tracer = tracer;
    }

    /**
     * A run is about to be made.
     *
     * @param parent the trace that what asked for it belongs to, or null: then a trace may begin here
     * @param from what asked for it: {@code kafka} or {@code schedule}
     */
    public RunSpan starting(@Nullable String parent, String from, String workflow, String runId) {
        if (parent != null && !TraceParent.isSampled(parent)) {
            return new RunSpan(parent, Span.getInvalid());
        }
        return begin(
                parent,
                tracer.spanBuilder("start_workflow")
                        .setSpanKind(SpanKind.CONSUMER)
                        .setAttribute("trigger", from)
                        .setAttribute("workflow", workflow)
                        .setAttribute("run_id", runId));
    }

    /** A run is about to advance; deciding on it began then. */
    public RunSpan advancing(ActiveRun run, Instant begin) {
        String parent = run.traceparent();
        if (parent == null || !TraceParent.isSampled(parent)) {
            return new RunSpan(parent, Span.getInvalid());
        }
        return begin(
                parent,
                tracer.spanBuilder("dispatch_task_group")
                        .setAttribute("run_id", run.id())
                        .setStartTimestamp(begin));
    }

    private static RunSpan begin(@Nullable String parent, SpanBuilder builder) {
        Context context = parent == null ? Context.root() : Context.root().with(Span.wrap(context(parent)));
        Span span = builder.setParent(context).startSpan();
        SpanContext own = span.getSpanContext();
        return new RunSpan(own.isValid() ? text(own) : parent, span);
    }

    private static SpanContext context(String parent) {
        String[] parts = parent.split("-", -1);
        return SpanContext.createFromRemoteParent(
                parts[1], parts[2], TraceFlags.fromHex(parts[3], 0), TraceState.getDefault());
    }

    private static String text(SpanContext span) {
        return "00-" + span.getTraceId() + "-" + span.getSpanId() + "-"
                + span.getTraceFlags().asHex();
    }
}
