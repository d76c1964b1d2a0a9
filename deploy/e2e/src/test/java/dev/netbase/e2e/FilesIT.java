package dev.netbase.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.netbase.model.artifact.Sha256;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Files into tasks from everywhere they may come from, and out of them: by the public contract alone. */
@ResourceLock(SharedStack.IN_USE)
class FilesIT {
    private static Api api;
    private static ObjectStore objects;
    private static String data;

    @BeforeAll
    static void start() throws IOException {
        api = SharedStack.get().api();
        objects = SharedStack.objects();
        Map<String, Long> files = api.publish(
                "file-guests",
                "1.0.0",
                Map.of(
                        "bin/copy-input.wasm", Guests.module("copy-input"),
                        "bin/read-asset.wasm", Guests.module("read-asset"),
                        "data.txt", "beside the module".getBytes(UTF_8)));
        // Answers in/data.txt, and leaves it as out/copy.txt.
        api.agent("copy-input", files.get("bin/copy-input.wasm"), "{}");
        // Answers /asset/data.txt.
        api.agent("read-asset", files.get("bin/read-asset.wasm"), "{}");
        data = api.post("/asset-packages", "{\"name\":\"file-data\"}")
                .expect(201)
                .path("nanoid")
                .asText();
        api.publishVersion(data, "1.0.0", Map.of("tables/a.csv", "first".getBytes(UTF_8)));
        api.publishVersion(data, "2.0.0", Map.of("tables/a.csv", "second".getBytes(UTF_8)));
    }

    @Test
    void shouldPassFilesFromPackagesThroughTasksToUsers() {
        api.workflow("files-on", """
                {"nodes":[
                   {"key":"beside","agent":"read-asset"},
                   {"key":"first","agent":"copy-input","for_each":["1.0.0","2.0.0"],
                    "files":[{"path":"in/data.txt","from":"asset:%s/${item}/tables/a.csv"}]},
                   {"key":"next","agent":"copy-input","depends_on":["first"],"for_each":"${nodes.first.artifacts}",
                    "files":[{"path":"in/data.txt","from":"artifact:${item[0].sha256}"}]},
                   {"key":"none","agent":"read-asset","depends_on":["next"]}],
                 "output":{"beside":"${nodes.beside.output}","texts":"${nodes.next.output}",
                           "left":"${nodes.next.artifacts}","nothing":"${nodes.none.artifacts}"}}""".formatted(data));

        JsonNode run = api.run("files-on", "{}");

        assertThat(run.path("status").asText()).as(run.toString()).isEqualTo("COMPLETED");
        JsonNode output = run.path("output");
        assertThat(output.path("beside").asText()).isEqualTo("beside the module");
        assertThat(output.path("texts").toString()).isEqualTo("[\"first\",\"second\"]");
        assertThat(output.path("nothing").toString()).isEqualTo("[]");
        for (String text : List.of("first", "second")) {
            String sha256 = Sha256.hex(text.getBytes(UTF_8));
            assertThat(output.path("left").toString())
                    .contains("[{\"path\":\"copy.txt\",\"sha256\":\"" + sha256 + "\",\"size_bytes\":" + text.length()
                            + "}]");
            assertThat(api.bytes("/artifacts/" + sha256)).asString(UTF_8).isEqualTo(text);
        }
        assertThat(api.tasks(run.path("run_id").asText()))
                .filteredOn(task -> task.path("node").asText().equals("next"))
                .allSatisfy(task -> assertThat(
                                task.path("artifacts").path(0).path("path").asText())
                        .isEqualTo("copy.txt"))
                .hasSize(2);
    }

    @Test
    void shouldGiveObjectsOfBucketsThatTheOperatorAllows() {
        objects.put(ObjectStore.OPEN, "deep/ä b+c.txt", "from a bucket".getBytes(UTF_8));
        objects.put(ObjectStore.PARTLY_OPEN, "public/x", "below a prefix".getBytes(UTF_8));
        api.workflow("objects", """
                {"nodes":[{"key":"get","agent":"copy-input","for_each":"${inputs.from}",
                           "files":[{"path":"in/data.txt","from":"s3://${item}"}]}],
                 "output":"${nodes.get.output}"}""");

        JsonNode run = api.run(
                "objects",
                "{\"from\":[\"%s/deep/ä b+c.txt\",\"%s/public/x\"]}"
                        .formatted(ObjectStore.OPEN, ObjectStore.PARTLY_OPEN));

        assertThat(run.path("output").toString())
                .as(run.toString())
                .isEqualTo("[\"from a bucket\",\"below a prefix\"]");
    }

    @Test
    void shouldGiveNoOtherObjects() {
        objects.put(ObjectStore.CLOSED, "x", "secret".getBytes(UTF_8));
        objects.put(ObjectStore.PARTLY_OPEN, "private/x", "secret".getBytes(UTF_8));
        api.workflow("no-objects", """
                {"nodes":[{"key":"get","agent":"copy-input","for_each":"${inputs.from}",
                           "files":[{"path":"in/data.txt","from":"s3://${item}"}]}]}""");
        List<String> sources = List.of(
                ObjectStore.CLOSED + "/x", ObjectStore.PARTLY_OPEN + "/private/x", ObjectStore.OPEN + "/not/there");

        JsonNode run = api.run("no-objects", "{\"from\":" + Api.JSON.valueToTree(sources) + "}");

        List<JsonNode> tasks = api.tasks(run.path("run_id").asText());
        assertThat(tasks).hasSize(3);
        for (JsonNode task : tasks) {
            int index = task.path("index").asInt();
            assertThat(task.path("error").path("code").asText()).isEqualTo("INPUT_UNAVAILABLE");
            assertThat(task.path("error").path("message").asText())
                    .contains("in/data.txt from s3://" + sources.get(index))
                    .contains(index == 2 ? "there is no such object" : "the operator does not allow it");
        }
    }

    @Test
    void shouldRefuseADefinitionWhoseFileIsNotPublished() {
        String definition = """
                {"name":"not-published","definition":{"nodes":[{"key":"get","agent":"copy-input",
                 "files":[{"path":"in/data.txt","from":"asset:%s/1.0.0/tables/none.csv"}]}]}}""".formatted(data);

        JsonNode problem = api.post("/workflows", definition).expect(422);

        assertThat(problem.path("code").asText()).isEqualTo("invalid-definition");
        assertThat(problem.path("errors").toString()).contains("tables/none.csv");
    }
}
