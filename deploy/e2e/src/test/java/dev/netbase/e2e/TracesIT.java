package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.e2e.SpanCollector.Span;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** One trace from what asked for a run to the guests that it executed: on every record, and as spans of all services. */
@ResourceLock(SharedStack.IN_USE)
class TracesIT {
    private static final String CALLER = "00f067aa0ba902b7";
    private static NetbaseUp netbase;

    @BeforeAll
    static void publish() throws IOException {
        netbase = SharedStack.get();
        Map<String, Long> files = netbase.api()
                .publish(
                        "trace-guests",
                        "1.0.0",
                        Map.of("bin/echo.wasm", Guests.module("echo"), "bin/cat.wasm", Guests.module("cat")));
        netbase.api().agent("trace-echo", files.get("bin/echo.wasm"), "{}");
        netbase.api().agent("trace-cat", files.get("bin/cat.wasm"), "{}");
        // Once its module is compiled, a begins before it is claimed; b, which sees files, never does.
        netbase.api().workflow("traced", """
                {"nodes":[{"key":"a","agent":"trace-echo","inputs":"${inputs.n}"},
                          {"key":"b","agent":"trace-cat","depends_on":["a"],"inputs":"${nodes.a.output}"}],
                 "output":"${nodes.b.output}"}""");
        netbase.api().run("traced", "{\"n\":0}");
    }

    @Test
    void shouldCarryTheTraceOfAnHttpRequest() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e0001";
        String run = netbase.api()
                .send(netbase.api()
                        .request("/workflows/traced/runs")
                        .header("Content-Type", "application/json")
                        .header("traceparent", "00-" + trace + "-" + CALLER + "-01")
                        .POST(BodyPublishers.ofString("{\"inputs\":{\"n\":1}}")))
                .expect(202)
                .path("run_id")
                .asText();

        netbase.api().await(run);

        assertEveryRecordCarries(trace, run);
        assertSpans(trace, run, "asset-api", "POST /api/v1/workflows/{name}/runs");
    }

    @Test
    void shouldCarryTheTraceOfARecord() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e0002";
        try (KafkaProbe kafka = new KafkaProbe(netbase.kafka())) {
            kafka.send(
                    "netbase.workflow.triggers",
                    "t",
                    "{\"type\":\"START_WORKFLOW\",\"event_id\":\"t-1\",\"workflow\":\"traced\",\"inputs\":{\"n\":2}}",
                    Map.of("traceparent", "00-" + trace + "-" + CALLER + "-01"));
        }
        String run = runOf(2);

        netbase.api().await(run);

        assertEveryRecordCarries(trace, run);
        assertSpans(trace, run, "scheduler-service", "start_workflow");
    }

    @Test
    void shouldBeginATraceForARecordThatBringsNone() {
        try (KafkaProbe kafka = new KafkaProbe(netbase.kafka())) {
            kafka.trigger(
                    "{\"type\":\"START_WORKFLOW\",\"event_id\":\"t-2\",\"workflow\":\"traced\",\"inputs\":{\"n\":3}}");
        }
        String run = runOf(3);

        String begun =
                netbase.api().await(run).path("trigger").path("traceparent").asText();

        assertThat(begun).as("not kept, as the operator's ratio says").matches("00-[0-9a-f]{32}-[0-9a-f]{16}-00");
        assertEveryRecordCarries(begun.split("-", -1)[1], run);
    }

    @Test
    void shouldCarryTheTraceOfARequestToRunAgain() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e0004";
        String origin = netbase.api().run("traced", "{\"n\":4}").path("run_id").asText();
        String run = netbase.api()
                .send(netbase.api()
                        .request("/runs/" + origin + "/rerun")
                        .header("Content-Type", "application/json")
                        .header("traceparent", "00-" + trace + "-" + CALLER + "-01")
                        .POST(BodyPublishers.ofString("{}")))
                .expect(202)
                .path("run_id")
                .asText();

        netbase.api().await(run);

        assertEveryRecordCarries(trace, run);
        assertSpans(trace, run, "asset-api", "POST /api/v1/runs/{runId}/rerun");
    }

    private static String runOf(int n) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> netbase.api()
                                .get("/runs?workflow=traced")
                                .expect(200)
                                .path("items")
                                .valueStream()
                                .filter(item -> item.at("/inputs/n").asInt() == n)
                                .map(item -> item.path("run_id").asText())
                                .toList(),
                        runs -> runs.size() == 1)
                .getFirst();
    }

    /** The tree of a run of two tasks: what began it, three advances below that, a group below two of them, a task in each. */
    private static void assertSpans(String trace, String run, String beginner, String begin) {
        await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
            List<Span> spans = SharedStack.spans().spansOf(trace);
            Span first = only(spans, begin);
            assertThat(first.service()).isEqualTo(beginner);
            assertThat(first.parent()).isEqualTo(CALLER);
            List<Span> advances = named(spans, "dispatch_task_group");
            assertThat(advances).hasSize(3).allSatisfy(advance -> {
                assertThat(advance.service()).isEqualTo("scheduler-service");
                assertThat(advance.parent()).isEqualTo(first.id());
                assertThat(advance.attributes()).containsEntry("run_id", run);
            });
            List<Span> groups = named(spans, "execute_group");
            assertThat(groups).hasSize(2).allSatisfy(group -> {
                assertThat(group.service()).isEqualTo("wasm-worker");
                assertThat(group.attributes()).containsEntry("run_id", run).containsEntry("tasks", "1");
            });
            assertThat(groups).extracting(Span::parent).doesNotHaveDuplicates();
            assertThat(advances)
                    .extracting(Span::id)
                    .containsAll(groups.stream().map(Span::parent).toList());
            List<Span> tasks = named(spans, "execute_task");
            assertThat(tasks)
                    .extracting(Span::parent)
                    .containsExactlyInAnyOrderElementsOf(
                            groups.stream().map(Span::id).toList());
            assertThat(tasks)
                    .allSatisfy(task -> assertThat(task.attributes())
                            .containsEntry("run_id", run)
                            .containsKeys("group_id", "task_instance_id", "attempt", "fuel_used"));
        });
    }

    private static List<Span> named(List<Span> spans, String name) {
        return spans.stream().filter(span -> span.name().equals(name)).toList();
    }

    private static Span only(List<Span> spans, String name) {
        List<Span> found = named(spans, name);
        assertThat(found).as("%s among %s", name, spans).hasSize(1);
        return found.getFirst();
    }

    /** Groups of two tasks, two task events, two of the run. A group may be sent again, which makes no other task. */
    private static void assertEveryRecordCarries(String trace, String run) {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            Map<String, Set<String>> traced = new HashMap<>();
            try (KafkaProbe kafka = new KafkaProbe(netbase.kafka())) {
                for (String topic : List.of("netbase.task.groups", "netbase.task.events", "netbase.workflow.events")) {
                    for (ConsumerRecord<String, String> record : kafka.read(topic)) {
                        if (record.value().contains(run)) {
                            assertThat(traceOf(record)).as(topic).isEqualTo(trace);
                            traced.computeIfAbsent(topic, any -> new HashSet<>())
                                    .add(subject(record));
                        }
                    }
                }
            }
            assertThat(traced.get("netbase.task.groups")).as("groups").hasSize(2);
            assertThat(traced.get("netbase.task.events")).as("task events").hasSize(2);
            assertThat(traced.get("netbase.workflow.events")).as("of the run").hasSize(2);
        });
    }

    /** A group's tasks; of everything else, where it is. */
    private static String subject(ConsumerRecord<String, String> record) throws IOException {
        return record.topic().equals("netbase.task.groups")
                ? Api.JSON
                        .readTree(record.value())
                        .path("tasks")
                        .findValuesAsText("task_instance_id")
                        .toString()
                : record.partition() + "/" + record.offset();
    }

    private static String traceOf(ConsumerRecord<String, String> record) {
        Header header = record.headers().lastHeader("traceparent");
        return header == null ? "none" : new String(header.value(), StandardCharsets.US_ASCII).split("-", -1)[1];
    }
}
