package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Logs for machines: a line a JSON object, and in it the run and the group that the line is about. */
@ResourceLock(SharedStack.IN_USE)
class LogsIT {
    private static final Pattern RUN = Pattern.compile("\\brun ([A-Za-z0-9_-]{21})\\b");
    private static NetbaseUp netbase;

    @BeforeAll
    static void publish() throws IOException {
        netbase = SharedStack.get();
    }

    @Test
    void shouldSayOfWhichRunAndGroupALineIs() throws IOException {
        Api api = netbase.api();
        Map<String, Long> files = api.publish("log-guests", "1.0.0", Map.of("bin/spin.wasm", Guests.module("spin")));
        api.agent(
                "log-spin", files.get("bin/spin.wasm"), "{\"limits\":{\"fuel\":1000000000000,\"timeout_ms\":600000}}");
        api.workflow("log-spin", "{\"nodes\":[{\"key\":\"s\",\"agent\":\"log-spin\"}]}");

        String runId = api.start("log-spin", "{}");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> api.tasks(runId).stream()
                        .anyMatch(task -> task.path("status").asText().equals("RUNNING")));
        api.post("/runs/" + runId + "/cancel", "").expect(202);
        api.await(runId);

        String groupId = api.tasks(runId).getFirst().path("group_id").asText();
        assertThat(lines("scheduler-service", line -> isOf(line, runId, groupId)))
                .as("the scheduler's, which dispatches the group")
                .isNotEmpty();
        assertThat(lines("wasm-worker", line -> isOf(line, runId, "")))
                .as("the worker's, which stops the guest")
                .anySatisfy(line -> assertThat(line.path("message").asText()).contains("is cancelled"));
        for (String service : List.of("asset-api", "scheduler-service", "wasm-worker")) {
            assertThat(lines(service, line -> true)).as(service).isNotEmpty().allSatisfy(LogsIT::assertSaysItsRun);
        }
    }

    private static boolean isOf(JsonNode line, String runId, String groupId) {
        return line.at("/mdc/run_id").asText().equals(runId)
                && line.at("/mdc/group_id").asText().equals(groupId);
    }

    private static void assertSaysItsRun(JsonNode line) {
        Matcher run = RUN.matcher(line.path("message").asText());
        if (run.find()) {
            assertThat(line.at("/mdc/run_id").asText()).as(line.toString()).isEqualTo(run.group(1));
        }
    }

    /** What a service has logged; what the JVM says before the service logs is no JSON. */
    private static List<JsonNode> lines(String service, Predicate<JsonNode> wanted) throws IOException {
        Path log = netbase.data().resolve("logs/" + service + ".log");
        List<JsonNode> lines = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            if (line.startsWith("{")) {
                JsonNode json = Api.JSON.readTree(line);
                if (wanted.test(json)) {
                    lines.add(json);
                }
            }
        }
        return lines;
    }
}
