package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What survives {@code kill -9}. */
@ResourceLock(SharedStack.IN_USE)
class CrashIT {
    private static final int RUNS = 100;
    private static NetbaseUp netbase;

    @BeforeAll
    static void publish() throws IOException {
        netbase = SharedStack.get();
        Map<String, Long> files =
                netbase.api().publish("crash-guests", "1.0.0", Map.of("bin/echo.wasm", Guests.module("echo")));
        netbase.api().agent("crash-echo", files.get("bin/echo.wasm"), "{}");
        netbase.api().workflow("work", """
                {"nodes":[{"key":"a","agent":"crash-echo","inputs":"${inputs.n}"},
                          {"key":"b","agent":"crash-echo","depends_on":["a"],"for_each":[1,2,3,4,5,6,7,8],
                           "inputs":"${item + nodes.a.output}"},
                          {"key":"c","agent":"crash-echo","depends_on":["b"],"inputs":"${nodes.b.output}"},
                          {"key":"d","agent":"crash-echo","depends_on":["c"],"inputs":"${nodes.c.output}"}],
                 "output":"${nodes.d.output}"}""");
    }

    @ParameterizedTest
    @ValueSource(strings = {"asset-api", "scheduler-service", "wasm-worker"})
    void shouldCompleteEveryRunOnceWhenAServiceIsKilled(String service) {
        List<String> runs = new ArrayList<>();
        for (int n = 0; n < RUNS; n++) {
            if (n == RUNS / 2) {
                netbase.kill(service);
            }
            runs.add(startDespiteOutage(n));
        }

        assertAllCompletedOnce(runs);
    }

    private String startDespiteOutage(int n) {
        return await().atMost(Duration.ofMinutes(1))
                .pollDelay(Duration.ZERO)
                .ignoreException(UncheckedIOException.class)
                .until(() -> netbase.api().start("work", "{\"n\":" + n + "}"), id -> !id.isEmpty());
    }

    private void assertAllCompletedOnce(List<String> runs) {
        for (int n = 0; n < runs.size(); n++) {
            JsonNode run = netbase.api().await(runs.get(n));
            assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("COMPLETED");
            List<Integer> output = new ArrayList<>();
            run.path("output").forEach(value -> output.add(value.asInt()));
            assertThat(output).containsExactly(n + 1, n + 2, n + 3, n + 4, n + 5, n + 6, n + 7, n + 8);
            assertThat(run.path("tasks").path("total").asInt()).isEqualTo(11);
            assertThat(run.path("tasks").path("completed").asInt()).isEqualTo(11);
        }
    }

    @Test
    void shouldFindEverythingAgainAfterAStopAndAfterKillingTheWholeTree() throws Exception {
        String before = netbase.api().start("work", "{\"n\":1}");
        JsonNode ended = netbase.api().await(before);
        netbase = SharedStack.restart();
        assertThat(netbase.api().get("/runs/" + before).expect(200)).isEqualTo(ended);
        List<String> runs = new ArrayList<>();
        for (int n = 0; n < RUNS; n++) {
            runs.add(netbase.api().start("work", "{\"n\":" + n + "}"));
        }
        netbase = SharedStack.killTreeAndRestart();
        assertAllCompletedOnce(runs);
        assertThat(netbase.api().get("/runs/" + before).expect(200)).isEqualTo(ended);
    }
}
