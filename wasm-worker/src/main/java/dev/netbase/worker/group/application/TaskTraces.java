package dev.netbase.worker.group.application;

import dev.netbase.model.trace.TraceParent;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskOutcome;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import jakarta.inject.Singleton;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The traces that groups belong to: passed on to what the worker writes, and a span for each group and task of those that
 * are kept. A worker that gets no traces does nothing here.
 */
@Singleton
public class TaskTraces {
    private static final int GROUPS_REMEMBERED = 10_000;
    private final Tracer tracer;
    private final Map<String, String> parents = Collections.synchronizedMap(new RecentlyUsed<>(GROUPS_REMEMBERED));
    private volatile boolean any;

    public TaskTraces(Tracer tracer) {
        this.tracer = tracer;
    }

    /** A group came with this trace parent. */
    public void arrived(String groupId, String traceparent) {
        parents.put(groupId, traceparent);
        any = true;
    }

    /** The trace parent for what follows from a group, or null. */
    public @Nullable String of(String groupId) {
        return any ? parents.get(groupId) : null;
    }

    /** Claiming these tasks took from then until now. What their groups do is part of that. */
    void claimed(List<Claim> claims, Instant begin) {
        if (!any) {
            return;
        }
        claims.stream().collect(Collectors.groupingBy(Claim::groupId)).forEach((groupId, tasks) -> {
            String parent = of(groupId);
            if (parent != null && TraceParent.isSampled(parent)) {
                Span span = builder("execute_group", parent, tasks.getFirst())
                        .setAttribute("tasks", tasks.size())
                        .setSpanKind(SpanKind.CONSUMER)
                        .setStartTimestamp(begin)
                        .startSpan();
                span.end();
                if (span.getSpanContext().isValid()) {
                    parents.put(groupId, text(span.getSpanContext()));
                }
            }
        });
    }

    /** A task ran from then until now. */
    void executed(Claim claim, Instant begin, TaskOutcome outcome) {
        String parent = of(claim.groupId());
        if (parent == null || !TraceParent.isSampled(parent)) {
            return;
        }
        Span span = builder("execute_task", parent, claim)
                .setAttribute("task_instance_id", claim.key().taskInstanceId())
                .setAttribute("attempt", claim.key().attempt())
                .setAttribute("fuel_used", outcome.usage().fuel())
                .setStartTimestamp(begin)
                .startSpan();
        if (outcome instanceof TaskOutcome.Failed failed) {
            span.setStatus(StatusCode.ERROR, failed.code().name());
        }
        span.end();
    }

    private SpanBuilder builder(String name, String parent, Claim claim) {
        return tracer.spanBuilder(name)
                .setParent(Context.root().with(Span.wrap(context(parent))))
                .setAttribute("group_id", claim.groupId())
                .setAttribute("run_id", claim.key().runId());
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
