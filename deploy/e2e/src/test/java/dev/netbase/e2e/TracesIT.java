package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Whoever brings a trace finds it on every record that follows, through all three services. */
@ResourceLock(SharedStack.IN_USE)
class TracesIT {
    private static NetbaseUp netbase;

    @BeforeAll
    static void publish() throws IOException {
        netbase = SharedStack.get();
        Map<String, Long> files =
                netbase.api().publish("trace-guests", "1.0.0", Map.of("bin/echo.wasm", Guests.module("echo")));
        netbase.api().agent("trace-echo", files.get("bin/echo.wasm"), "{}");
        netbase.api().workflow("traced", """
                {"nodes":[{"key":"a","agent":"trace-echo","inputs":"${inputs.n}"},
                          {"key":"b","agent":"trace-echo","depends_on":["a"],"inputs":"${nodes.a.output}"}],
                 "output":"${nodes.b.output}"}""");
    }

    @Test
    void shouldCarryTheTraceOfAnHttpRequest() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e0001";
        String run = netbase.api()
                .send(netbase.api()
                        .request("/workflows/traced/runs")
                        .header("Content-Type", "application/json")
                        .header("traceparent", "00-" + trace + "-00f067aa0ba902b7-01")
                        .POST(BodyPublishers.ofString("{\"inputs\":{\"n\":1}}")))
                .expect(202)
                .path("run_id")
                .asText();

        netbase.api().await(run);

        assertEveryRecordCarries(trace, run);
    }

    @Test
    void shouldCarryTheTraceOfARecord() {
        String trace = "4bf92f3577b34da6a3ce929d0e0e0002";
        try (KafkaProbe kafka = new KafkaProbe(netbase.kafka())) {
            kafka.send(
                    "netbase.workflow.triggers",
                    "t",
                    "{\"type\":\"START_WORKFLOW\",\"event_id\":\"t-1\",\"workflow\":\"traced\",\"inputs\":{\"n\":2}}",
                    Map.of("traceparent", "00-" + trace + "-00f067aa0ba902b7-01"));
        }
        String run = await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> netbase.api()
                                .get("/runs?workflow=traced")
                                .expect(200)
                                .path("items")
                                .valueStream()
                                .filter(item -> item.at("/inputs/n").asInt() == 2)
                                .map(item -> item.path("run_id").asText())
                                .toList(),
                        runs -> runs.size() == 1)
                .getFirst();

        netbase.api().await(run);

        assertEveryRecordCarries(trace, run);
    }

    /** Two groups, two task events, two of the run. */
    private static void assertEveryRecordCarries(String trace, String run) {
        await().atMost(Duration.ofSeconds(10)).untilAsserted(() -> {
            Map<String, Integer> traced = new HashMap<>();
            try (KafkaProbe kafka = new KafkaProbe(netbase.kafka())) {
                for (String topic : List.of("netbase.task.groups", "netbase.task.events", "netbase.workflow.events")) {
                    for (ConsumerRecord<String, String> record : kafka.read(topic)) {
                        if (record.value().contains(run)) {
                            assertThat(traceOf(record)).as(topic).isEqualTo(trace);
                            traced.merge(topic, 1, Integer::sum);
                        }
                    }
                }
            }
            assertThat(traced)
                    .containsEntry("netbase.task.groups", 2)
                    .containsEntry("netbase.task.events", 2)
                    .containsEntry("netbase.workflow.events", 2);
        });
    }

    private static String traceOf(ConsumerRecord<String, String> record) {
        Header header = record.headers().lastHeader("traceparent");
        return header == null ? "none" : new String(header.value(), StandardCharsets.US_ASCII).split("-", -1)[1];
    }
}
