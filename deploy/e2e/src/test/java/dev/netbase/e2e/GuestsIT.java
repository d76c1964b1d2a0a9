package dev.netbase.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What a guest may be, and what is told of it afterwards. */
@ResourceLock(SharedStack.IN_USE)
class GuestsIT {
    private static final List<String> GUESTS =
            List.of("component-task", "component-cat", "component-refuses", "deterministic", "flood-stderr", "exit");
    private static Api api;

    @BeforeAll
    static void publishGuests() throws IOException {
        api = SharedStack.get().api();
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (String guest : GUESTS) {
            files.put("bin/" + guest + ".wasm", Guests.module(guest));
        }
        Map<String, Long> ids = api.publish("all-kinds", "1.0.0", files);
        for (String guest : GUESTS) {
            api.agent(guest, ids.get("bin/" + guest + ".wasm"), "{}");
        }
        api.agent("seeded", ids.get("bin/deterministic.wasm"), """
                {"deterministic":{"clock":"2026-01-31T12:00:00Z","seed":42}}""");
    }

    @Test
    void shouldRunComponentsOfBothKinds() {
        api.workflow("components", """
                {"nodes":[{"key":"task","agent":"component-task","inputs":{"text":"${inputs.text}"}},
                          {"key":"command","agent":"component-cat","depends_on":["task"],
                           "inputs":{"again":"${nodes.task.output.text}"}}],
                 "output":["${nodes.task.output}","${nodes.command.output}"]}""");
        api.workflow("refusal", "{\"nodes\":[{\"key\":\"a\",\"agent\":\"component-refuses\"}]}");

        JsonNode run = api.run("components", "{\"text\":\"grüezi\"}");
        JsonNode refused = api.run("refusal", "{}");

        assertThat(run.path("output").toString())
                .as(run.toString())
                .isEqualTo("[{\"text\":\"grüezi\"},{\"again\":\"grüezi\"}]");
        assertThat(api.tasks(run.path("run_id").asText()))
                .allSatisfy(task -> assertThat(task.path("fuel_used").asLong()).isPositive());
        assertThat(refused.path("error").path("code").asText()).isEqualTo("EXIT_CODE");
        assertThat(refused.path("error").path("message").asText()).isEqualTo("no such colour");
    }

    @Test
    void shouldKeepTheTailOfStderrHoweverATaskEnds() {
        api.workflow("stderr", """
                {"nodes":[{"key":"good","agent":"flood-stderr","config":{"limits":{"stderr_bytes":10}}},
                          {"key":"bad","agent":"exit"},
                          {"key":"silent","agent":"component-task"}]}""");

        JsonNode run = api.run("stderr", "{}");

        assertThat(log(run, "good")).isEqualTo("\0".repeat(7) + "end");
        assertThat(log(run, "bad")).isEqualTo("no such thing\n");
        assertThat(log(run, "silent")).isEmpty();
        assertThat(run.path("error").path("message").asText()).contains("no such thing");
    }

    @Test
    void shouldAccountForEveryAttempt() {
        api.workflow("accounts", """
                {"nodes":[{"key":"good","agent":"component-cat","inputs":"four","config":{"limits":{"fuel":5000000}}},
                          {"key":"bad","agent":"exit","retry":{"max_attempts":2,"backoff":"10ms"}}]}""");

        JsonNode run = api.run("accounts", "{}");

        JsonNode good = task(run, "good");
        assertThat(good.path("fuel_used").asLong()).isBetween(1L, 5_000_000L);
        assertThat(good.path("peak_memory_bytes").asLong()).isEqualTo(2 * 65_536);
        assertThat(good.path("usage").path("fuel_limit").asLong()).isEqualTo(5_000_000);
        assertThat(good.path("usage").path("input_bytes").asLong()).isEqualTo("\"four\"".length());
        assertThat(good.path("usage").path("output_bytes").asLong()).isEqualTo("\"four\"".length());
        JsonNode attempts = api.get("/runs/" + run.path("run_id").asText() + "/tasks/"
                        + task(run, "bad").path("task_instance_id").asText() + "/attempts")
                .expect(200)
                .path("items");
        assertThat(attempts).hasSize(2);
        for (JsonNode attempt : List.of(good, attempts.get(0), attempts.get(1))) {
            assertThat(attempt.path("fuel_used").asLong())
                    .as(attempt.toString())
                    .isPositive();
            for (String time : List.of("queued_us", "loading_us", "instantiating_us", "running_us")) {
                assertThat(attempt.path("usage").path(time).asLong(-1))
                        .as("%s of %s", time, attempt)
                        .isNotNegative();
            }
            assertThat(attempt.path("usage").path("running_us").asLong()).isPositive();
            assertThat(attempt.path("usage").path("workspace_bytes").isIntegralNumber())
                    .isTrue();
        }
    }

    @Test
    void shouldGiveTheSameOutputAndFuelToADeterministicAgent() {
        api.workflow("seeded", """
                {"nodes":[{"key":"a","agent":"seeded","for_each":[1,2],"inputs":0},
                          {"key":"b","agent":"seeded","inputs":0,"config":{"deterministic":{"seed":43}}}]}""");

        JsonNode first = api.run("seeded", "{}");
        JsonNode second = api.run("seeded", "{}");

        JsonNode once = task(first, "a");
        assertThat(once.path("status").asText()).as(once.toString()).isEqualTo("COMPLETED");
        assertThat(List.of(first, second))
                .allSatisfy(run -> assertThat(tasks(run, "a")).hasSize(2).allSatisfy(task -> {
                    assertThat(task.path("output")).isEqualTo(once.path("output"));
                    assertThat(task.path("fuel_used")).isEqualTo(once.path("fuel_used"));
                }));
        assertThat(task(first, "b").path("output")).isNotEqualTo(once.path("output"));
    }

    private static List<JsonNode> tasks(JsonNode run, String node) {
        return api.tasks(run.path("run_id").asText()).stream()
                .filter(task -> task.path("node").asText().equals(node))
                .toList();
    }

    private static JsonNode task(JsonNode run, String node) {
        return tasks(run, node).getFirst();
    }

    private static String log(JsonNode run, String node) {
        String path = "/runs/" + run.path("run_id").asText() + "/tasks/"
                + task(run, node).path("task_instance_id").asText() + "/logs";
        return new String(api.bytes(path), UTF_8);
    }
}
