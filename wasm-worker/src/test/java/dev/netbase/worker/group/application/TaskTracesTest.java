package dev.netbase.worker.group.application;

import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.trace.TraceParent;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskOutcome;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TaskTracesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String SAMPLED = "00-" + TRACE + "-" + PARENT + "-01";
    private static final String UNSAMPLED = "00-" + TRACE + "-" + PARENT + "-00";

    private final InMemorySpanExporter exporter = InMemorySpanExporter.create();
    private final TaskTraces traces = new TaskTraces(SdkTracerProvider.builder()
            .addSpanProcessor(SimpleSpanProcessor.create(exporter))
            .build()
            .get("test"));

    @Test
    void shouldMakeAGroupsSpanAndBelowItOneOfEachTask() {
        traces.arrived(group("g1", 2), SAMPLED);

        traces.begin(Stream.of(claim(1, "g1"), claim(2, "g1")));
        traces.executed(claim(1, "g1"), Instant.now(), completed());
        traces.executed(claim(2, "g1"), Instant.now(), TaskOutcome.Failed.before(TaskErrorCode.TRAP, "unreachable"));

        List<SpanData> spans = exporter.getFinishedSpanItems();
        assertThat(spans)
                .extracting(SpanData::getName)
                .containsExactly("execute_group", "execute_task", "execute_task");
        assertThat(spans).extracting(SpanData::getTraceId).containsOnly(TRACE);
        SpanData group = spans.getFirst();
        assertThat(group.getParentSpanId()).isEqualTo(PARENT);
        assertThat(spans.subList(1, 3)).extracting(SpanData::getParentSpanId).containsOnly(group.getSpanId());
        assertThat(spans.get(2).getStatus().getDescription()).isEqualTo("TRAP");
        assertThat(group.getAttributes().asMap().toString()).contains("group_id=g1", "run_id=r1", "tasks=2");
        assertThat(traces.of("g1")).isEqualTo("00-" + TRACE + "-" + group.getSpanId() + "-01");
        assertThat(TraceParent.valid(traces.of("g1"))).isNotNull();
    }

    @Test
    void shouldPassOnWhatIsNotKeptWithoutSpans() {
        traces.arrived(group("g1", 2), UNSAMPLED);

        traces.begin(Stream.of(claim(1, "g1")));
        traces.executed(claim(1, "g1"), Instant.now(), completed());

        assertThat(exporter.getFinishedSpanItems()).isEmpty();
        assertThat(traces.of("g1")).isEqualTo(UNSAMPLED);
    }

    @Test
    void shouldDoNothingForGroupsWithoutATrace() {
        traces.begin(Stream.of(claim(1, "g1")));
        traces.executed(claim(1, "g1"), Instant.now(), completed());

        assertThat(exporter.getFinishedSpanItems()).isEmpty();
        assertThat(traces.of("g1")).isNull();
    }

    @Test
    void shouldMakeOneSpanOfAGroupWhoseTasksBeginOneAfterTheOther() {
        traces.arrived(group("g1", 2), SAMPLED);
        traces.arrived(group("g2", 1), SAMPLED);

        traces.begin(Stream.of(claim(1, "g1")));
        traces.begin(Stream.of(claim(2, "g1"), claim(3, "g2")));

        assertThat(exporter.getFinishedSpanItems())
                .extracting(span -> span.getName() + " " + span.getAttributes().get(stringKey("group_id")))
                .containsExactly("execute_group g1", "execute_group g2");
    }

    private static TaskGroup group(String groupId, int tasks) {
        return new TaskGroup(
                TaskGroup.SCHEMA,
                groupId,
                "r1",
                IntStream.rangeClosed(1, tasks)
                        .mapToObj(id -> new TaskGroup.Task(
                                id, 1, "a", null, 1, AgentType.WASM, "", "", Map.of(), null, 1_000, null))
                        .toList());
    }

    private static TaskOutcome completed() {
        return new TaskOutcome.Completed(new byte[0], new byte[0], TaskOutcome.Usage.NONE);
    }

    private static Claim claim(long id, String groupId) {
        return new Claim(new TaskKey("r1", id, 1), groupId, 1L, null, "null", new Lease("w", 1));
    }
}
