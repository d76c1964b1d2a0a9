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

/** What becomes of tasks whose workers are killed, again and again, or stopped. */
class QuarantineIT {
    private static NetbaseUp netbase;
    private static Api api;

    @BeforeAll
    static void publish() throws IOException {
        netbase = SharedStack.get();
        api = netbase.api();
        Map<String, Long> files = api.publish("deadly-guests", "1.0.0", Map.of("bin/spin.wasm", Guests.module("spin")));
        api.agent(
                "deadly-spin",
                files.get("bin/spin.wasm"),
                "{\"limits\":{\"fuel\":1000000000000,\"timeout_ms\":600000}}");
        api.workflow("deadly", "{\"nodes\":[{\"key\":\"a\",\"agent\":\"deadly-spin\"}]}");
        api.workflow("deadly-two", """
                {"nodes":[{"key":"a","agent":"deadly-spin"},{"key":"b","agent":"deadly-spin"}]}""");
    }

    @Test
    void shouldFailTheTaskThatWasAloneWithThreeKilledWorkersAndCountNoStop() {
        String runId = api.start("deadly", "{}");
        awaitRunning(runId, 1, 1);
        netbase.kill("wasm-worker");
        awaitRunning(runId, 1, 2);
        ProcessHandle worker = netbase.service("wasm-worker").orElseThrow();
        worker.destroy();
        worker.onExit().join();
        awaitRunning(runId, 1, 3);
        netbase.kill("wasm-worker");
        awaitRunning(runId, 1, 4);
        netbase.kill("wasm-worker");

        JsonNode run = api.await(runId);

        assertThat(run.path("status").asText()).isEqualTo("FAILED");
        assertThat(run.path("error").path("code").asText()).isEqualTo("WORKER_LOST");
        long task = api.tasks(runId).getFirst().path("task_instance_id").asLong();
        List<String> attempts = new ArrayList<>();
        api.get("/runs/" + runId + "/tasks/" + task + "/attempts")
                .expect(200)
                .path("items")
                .forEach(attempt -> attempts.add(attempt.path("status").asText()));
        assertThat(attempts).containsExactly("LOST", "LOST", "LOST", "FAILED");
    }

    @Test
    void shouldRunTasksOfAKilledWorkerAgainEachInAGroupOfItsOwn() {
        String runId = api.start("deadly-two", "{}");
        awaitRunning(runId, 2, 1);
        netbase.kill("wasm-worker");

        awaitRunning(runId, 2, 2);

        assertThat(api.tasks(runId))
                .extracting(task -> task.path("group_id").asText())
                .doesNotHaveDuplicates();
        api.post("/runs/" + runId + "/cancel", "{}").expect(202);
        assertThat(api.await(runId).path("status").asText()).isEqualTo("CANCELLED");
    }

    private static void awaitRunning(String runId, int tasks, int attempt) {
        await().atMost(Duration.ofMinutes(1))
                .ignoreException(UncheckedIOException.class)
                .untilAsserted(() -> assertThat(api.tasks(runId)).hasSize(tasks).allSatisfy(task -> {
                    assertThat(task.path("status").asText()).isEqualTo("RUNNING");
                    assertThat(task.path("attempt").asInt()).isEqualTo(attempt);
                }));
    }
}
