package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Whoever follows a run is told everything once, though the service that tells it is killed. */
@ResourceLock(SharedStack.IN_USE)
class RunEventsIT {
    private static final int NODES = 100;
    private static NetbaseUp netbase;

    @BeforeAll
    static void publish() throws IOException {
        netbase = SharedStack.get();
        Map<String, Long> files =
                netbase.api().publish("event-guests", "1.0.0", Map.of("bin/slow.wasm", Guests.slowEcho()));
        netbase.api().agent("event-slow", files.get("bin/slow.wasm"), "{}");
        String chain = IntStream.range(0, NODES)
                .mapToObj(i -> "{\"key\":\"n%d\",\"agent\":\"event-slow\",\"inputs\":%d,\"depends_on\":[%s]}"
                        .formatted(i, i, i == 0 ? "" : "\"n" + (i - 1) + "\""))
                .collect(Collectors.joining(",", "{\"nodes\":[", "]}"));
        netbase.api().workflow("followed", chain);
    }

    @Test
    void shouldMissAndRepeatNothingThoughTheApiIsKilledInTheMiddleOfAStream() throws Exception {
        String runId = netbase.api().start("followed", "{}");
        EventSource source = EventSource.of(netbase.api(), runId);
        for (int kill = 1; kill <= 2; kill++) {
            int enough = source.events().size() + 15;
            await().atMost(Duration.ofSeconds(60)).until(() -> source.events().size() >= enough);
            netbase.kill("asset-api");
        }

        List<EventSource.Event> told = source.awaitEnd();

        assertThat(source.broken()).as("streams that broke off").isGreaterThanOrEqualTo(2);
        assertThat(told)
                .extracting(EventSource.Event::id)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, told.size()).boxed().toList());
        assertThat(told.stream()
                        .filter(event -> event.name().equals("task")
                                && event.data().path("status").asText().equals("COMPLETED"))
                        .map(event -> event.data().path("node").asText()))
                .containsExactlyElementsOf(
                        IntStream.range(0, NODES).mapToObj(i -> "n" + i).toList());
        assertThat(told.getLast().name()).isEqualTo("run");
        assertThat(told.getLast().data().path("status").asText()).isEqualTo("COMPLETED");
        assertThat(EventSource.of(netbase.api(), runId).awaitEnd()).isEqualTo(told);
    }
}
