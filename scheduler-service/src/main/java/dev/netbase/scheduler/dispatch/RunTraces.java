package dev.netbase.scheduler.dispatch;

import dev.netbase.model.trace.TraceParent;
import dev.netbase.scheduler.run.application.ActiveRun;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;

/** A span for each advance of a run whose trace is kept. */
@ApplicationScoped
public class RunTraces {
    private final Tracer tracer;

    public RunTraces(Tracer tracer) {
        this.tracer = tracer;
    }

    /** Deciding on a run and writing that took from then until now. */
    void advanced(ActiveRun run, int tasks, Instant begin) {
        String parent = run.traceparent();
        if (parent == null || !TraceParent.isSampled(parent)) {
            return;
        }
        String[] parts = parent.split("-", -1);
        SpanContext context = SpanContext.createFromRemoteParent(
                parts[1], parts[2], TraceFlags.fromHex(parts[3], 0), TraceState.getDefault());
        tracer.spanBuilder("dispatch_task_group")
                .setParent(Context.root().with(Span.wrap(context)))
                .setAttribute("run_id", run.id())
                .setAttribute("tasks", tasks)
                .setStartTimestamp(begin)
                .startSpan()
                .end();
    }
}
