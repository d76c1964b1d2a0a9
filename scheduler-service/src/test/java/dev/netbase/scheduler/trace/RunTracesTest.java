package dev.netbase.scheduler.trace;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.trace.TraceParent;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.domain.Definitions;
import dev.netbase.scheduler.run.domain.RunState;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RunTracesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String SAMPLED = "00-" + TRACE + "-" + PARENT + "-01";
    private static final String UNSAMPLED = "00-" + TRACE + "-" + PARENT + "-00";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final RunTraces traces = traces(Sampler.parentBased(Sampler.alwaysOn()));

    private RunTraces traces(Sampler sampler) {
        return new RunTraces(SdkTracerProvider.builder()
                .setSampler(sampler)
                .addSpanProcessor(SimpleSpanProcessor.create(exporter))
                .build()
                .get("test"));
    }

    private static ActiveRun run(@Nullable String traceparent) {
        return new ActiveRun(
                "flow",
                1,
                0,
                traceparent,
                RunState.pending(
                        "r1", Definitions.of("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\"}]}"), Map.of(), Map.of()));
    }

    @Test
    void shouldPutAnAdvanceBelowTheRunsTraceAndWhatFollowsBelowTheAdvance() {
        Instant begin = Instant.parse("2026-01-01T00:00:00Z");

        RunSpan span = traces.advancing(run(SAMPLED), begin);
        assertThat(exporter.getFinishedSpanItems()).as("before it is written").isEmpty();
        span.end(3);

        SpanData told = exporter.getFinishedSpanItems().getFirst();
        assertThat(told.getName()).isEqualTo("dispatch_task_group");
        assertThat(told.getTraceId()).isEqualTo(TRACE);
        assertThat(told.getParentSpanId()).isEqualTo(PARENT);
        assertThat(told.getStartEpochNanos()).isEqualTo(begin.toEpochMilli() * 1_000_000);
        assertThat(told.getAttributes().get(stringKey("run_id"))).isEqualTo("r1");
        assertThat(told.getAttributes().get(longKey("tasks"))).isEqualTo(3);
        assertThat(span.traceparent()).isEqualTo("00-" + TRACE + "-" + told.getSpanId() + "-01");
    }

    @Test
    void shouldBeginATraceForARunThatComesWithNone() {
        RunSpan span = traces.starting(null, "schedule", "flow", "r1");
        span.end();

        SpanData told = exporter.getFinishedSpanItems().getFirst();
        assertThat(told.getName()).isEqualTo("start_workflow");
        assertThat(told.getParentSpanContext().isValid()).isFalse();
        assertThat(told.getAttributes().get(stringKey("trigger"))).isEqualTo("schedule");
        assertThat(TraceParent.valid(span.traceparent())).contains(told.getTraceId(), told.getSpanId());
    }

    @Test
    void shouldPassOnWhatIsNotKeptWithoutSpans() {
        RunSpan start = traces.starting(UNSAMPLED, "kafka", "flow", "r1");
        RunSpan advance = traces.advancing(run(UNSAMPLED), Instant.now());
        RunSpan withoutTrace = traces.advancing(run(null), Instant.now());
        RunSpan notChosen = traces(Sampler.alwaysOff()).starting(null, "kafka", "flow", "r1");
        for (RunSpan span : new RunSpan[] {start, advance, withoutTrace, notChosen}) {
            span.end(1);
        }

        assertThat(exporter.getFinishedSpanItems()).isEmpty();
        assertThat(start.traceparent()).isEqualTo(UNSAMPLED);
        assertThat(advance.traceparent()).isEqualTo(UNSAMPLED);
        assertThat(withoutTrace.traceparent()).isNull();
        assertThat(notChosen.traceparent())
                .as("so that nobody below chooses anew")
                .endsWith("-00");
    }

    @Test
    void shouldStayInTheTraceThatCameWhereNothingIsTraced() {
        RunTraces none = new RunTraces(OpenTelemetry.noop().getTracer("test"));

        assertThat(none.starting(SAMPLED, "kafka", "flow", "r1").traceparent()).isEqualTo(SAMPLED);
        assertThat(none.advancing(run(SAMPLED), Instant.now()).traceparent()).isEqualTo(SAMPLED);
        assertThat(none.starting(null, "kafka", "flow", "r1").traceparent()).isNull();
    }
}
