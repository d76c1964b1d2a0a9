package dev.netbase.worker.group.application;

import dev.netbase.model.cache.RecentlyUsed;
import dev.netbase.model.message.TaskGroup;
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
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The traces that groups belong to: passed on to what the worker writes, and a span for each group and task of those that
 * are kept. A worker that gets no traces does nothing here.
 */
@Singleton
public class TaskTraces {
    private static final int GROUPS_REMEMBERED = 10_000;
    private final Tracer tracer;
    private final Map<String, Arrived> groups = Collections.synchronizedMap(new RecentlyUsed<>(GROUPS_REMEMBERED));
    private volatile boolean any;

    /**
     * A group that belongs to a trace.
     *
     * @param tasks how many tasks its record names
     * @param parent the trace parent for what follows from it
     * @param begun whether that is the group's own span, which is made when the first of its tasks begins
     */
    private record Arrived(String runId, int tasks, Instant at, String parent, boolean begun) {
        Arrived begunAs(String span) {
            return new Arrived(runId, tasks, at, span, true);
        }
    }

    public TaskTraces(Tracer tracer) {
        this.tracer = tracer;
    }

    /** A group came with this trace parent, for the first time or again. */
    public void arrived(TaskGroup group, String traceparent) {
        groups.putIfAbsent(
                group.groupId(), new Arrived(group.runId(), group.tasks().size(), Instant.now(), traceparent, false));
        any = true;
    }

    /** The trace parent for what follows from a group, or null. */
    public @Nullable String of(String groupId) {
        Arrived group = any ? groups.get(groupId) : null;
        return group == null ? null : group.parent();
    }

    /** These tasks begin, claimed or not: with the first of a group its span is made, and what follows is part of that. */
    void begin(Stream<Claim> tasks) {
        if (any) {
            tasks.map(Claim::groupId).distinct().forEach(groupId -> groups.computeIfPresent(groupId, this::begun));
        }
    }

    private Arrived begun(String groupId, Arrived group) {
        if (group.begun() || !TraceParent.isSampled(group.parent())) {
            return group;
        }
        Span span = builder("execute_group", group.parent(), groupId, group.runId())
                .setAttribute("tasks", group.tasks())
                .setSpanKind(SpanKind.CONSUMER)
                .setStartTimestamp(group.at())
                .startSpan();
        span.end();
        return span.getSpanContext().isValid() ? group.begunAs(text(span.getSpanContext())) : group;
    }

    /** A task ran from then until now. */
    void executed(Claim claim, Instant begin, TaskOutcome outcome) {
        String parent = of(claim.groupId());
        if (parent == null || !TraceParent.isSampled(parent)) {
            return;
        }
        Span span = builder("execute_task", parent, claim.groupId(), claim.key().runId())
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

    private SpanBuilder builder(String name, String parent, String groupId, String runId) {
        return tracer.spanBuilder(name)
                .setParent(Context.root().with(Span.wrap(context(parent))))
                .setAttribute("group_id", groupId)
                .setAttribute("run_id", runId);
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
