package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Files into tasks, from task to task, and out to users. */
class FilesIT {
    private static Api api;
    private static String nanoid;

    @BeforeAll
    static void start() throws IOException {
        api = SharedStack.get().api();
        nanoid = api.post("/asset-packages", "{\"name\":\"file-guests\"}")
                .expect(201)
                .path("nanoid")
                .asText();
        Map<String, Long> files = api.publishVersion(
                nanoid,
                "1.0.0",
                Map.of(
                        "bin/write.wasm", Guests.module("write-workspace"),
                        "bin/copy.wasm", Guests.module("copy-input"),
                        "bin/cat.wasm", Guests.module("cat"),
                        "bin/talk.wasm", Guests.module("flood-stderr"),
                        "bin/exit.wasm", Guests.module("exit"),
                        "data/a.csv", "a,b".getBytes()));
        for (String name : new String[] {"write", "copy", "cat", "talk", "exit"}) {
            api.agent("file-" + name, files.get("bin/" + name + ".wasm"), "{}");
        }
        api.workflow("read-one", """
                {"nodes":[{"key":"copy","agent":"file-copy","files":[{"path":"in/data.txt","from":"${inputs.from}"}]}],
                 "output":"${nodes.copy.output}"}""");
    }

    @Test
    void shouldHandFilesFromTaskToTaskAndToUsers() throws Exception {
        api.workflow("hand-over", """
                {"nodes":[{"key":"write","agent":"file-write"},
                          {"key":"copy","agent":"file-copy","depends_on":["write"],"for_each":[1,2],
                           "files":[{"path":"in/data.txt","from":"artifact:${nodes.write.artifacts[0].sha256}"}]}],
                 "output":{"text":"${nodes.copy.output}","left":"${nodes.copy.artifacts}"}}""");

        JsonNode run = api.run("hand-over", "{}");

        assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("COMPLETED");
        assertThat(run.path("output").path("text").toString()).isEqualTo("[\"hello\",\"hello\"]");
        JsonNode left = run.path("output").path("left").path(1).path(0);
        assertThat(left.path("path").asText()).isEqualTo("copy.txt");
        assertThat(left.path("size_bytes").asInt()).isEqualTo(5);
        JsonNode task = api.tasks(run.path("run_id").asText()).getFirst();
        assertThat(task.path("artifacts").path(0).path("path").asText()).isEqualTo("result.txt");
        assertThat(bytes("/artifacts/" + left.path("sha256").asText())).isEqualTo("hello");
    }

    @Test
    void shouldReadFilesOfOtherPackagesAndFromBuckets() {
        assertThat(read("asset:" + nanoid + "/1.0.0/data/a.csv")).isEqualTo("COMPLETED a,b");
        assertThat(read("s3://" + SharedStack.BUCKET + "/allowed/data.txt")).isEqualTo("COMPLETED from a bucket");
        assertThat(read("s3://" + SharedStack.BUCKET + "/allowed/none.txt")).isEqualTo("FAILED INPUT_UNAVAILABLE");
        assertThat(read("s3://" + SharedStack.BUCKET + "/secret.txt")).isEqualTo("FAILED INPUT_UNAVAILABLE");
        assertThat(read("file:/etc/passwd")).isEqualTo("FAILED INPUT_UNAVAILABLE");
        assertThat(read("asset:" + nanoid + "/1.0.0/data/none.csv")).isEqualTo("FAILED INPUT_UNAVAILABLE");
        assertThat(read("ftp://x/y")).isEqualTo("FAILED INVALID_EXPRESSION");
    }

    private static String read(String from) {
        JsonNode run = api.run("read-one", "{\"from\":\"" + from + "\"}");
        return run.path("status").asText() + " "
                + (run.path("status").asText().equals("COMPLETED")
                        ? run.path("output").asText()
                        : run.path("error").path("code").asText());
    }

    @Test
    void shouldKeepWhatTasksSayAndWhatTheyCost() throws Exception {
        api.workflow("talk", """
                {"nodes":[{"key":"talk","agent":"file-talk"},{"key":"exit","agent":"file-exit"}]}""");

        String runId = api.run("talk", "{}").path("run_id").asText();

        for (JsonNode task : api.tasks(runId)) {
            String path =
                    "/runs/" + runId + "/tasks/" + task.path("task_instance_id").asText();
            String log = bytes(path + "/logs");
            if (task.path("node").asText().equals("talk")) {
                assertThat(log).hasSize(65_536).endsWith("end");
            } else {
                assertThat(log).isEqualTo("no such thing\n");
            }
            JsonNode attempts = api.get(path + "/attempts").expect(200);
            assertThat(attempts.path("total").asInt()).isEqualTo(1);
            assertThat(attempts.path("items").path(0).path("usage")).isEqualTo(task.path("usage"));
            assertThat(task.path("usage").path("fuel_limit").asLong()).isEqualTo(10_000_000_000L);
            assertThat(task.path("usage").path("running_us").asLong()).isPositive();
        }
    }

    @Test
    void shouldShowSeveralLargeValuesInOneOutputAsReferencesToThemWhole() {
        api.workflow("large-output", """
                {"nodes":[{"key":"a","agent":"file-cat","for_each":["a","b"],"inputs":["${item}","${inputs.text}"]},
                          {"key":"b","agent":"file-cat","depends_on":["a"],"inputs":"${nodes.a.output}"}],
                 "output":{"each":"${nodes.a.output}","text":"begin ${nodes.a.output}","all":"${nodes.b.output}"}}""");

        JsonNode output = api.run("large-output", "{\"text\":\"" + "x".repeat(100_000) + "\"}")
                .path("output");

        JsonNode whole = value(output);
        assertThat(value(whole.path("each").path(0)).path(1).asText()).hasSize(100_000);
        assertThat(value(whole.path("each").path(1)).path(0).asText()).isEqualTo("b");
        assertThat(value(whole.path("text")).asText())
                .startsWith("begin [[\"a\",\"xxx")
                .hasSizeGreaterThan(200_000);
        assertThat(value(whole.path("all")).path(1).path(1).asText()).hasSize(100_000);
    }

    private static JsonNode value(JsonNode value) {
        return value.has("$artifact")
                ? api.get("/artifacts/" + value.path("$artifact").asText()).expect(200)
                : value;
    }

    private static String bytes(String path) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI uri = api.base().resolve("/api/v1" + path);
            return http.send(api.request(path).uri(uri).GET().build(), BodyHandlers.ofString())
                    .body();
        }
    }
}
