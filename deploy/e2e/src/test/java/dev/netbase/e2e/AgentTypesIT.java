package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.netbase.model.testing.TestPodman;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Agents that are no modules: a script on a database of the embedded stack's, a container of a real engine. */
@ResourceLock(SharedStack.IN_USE)
class AgentTypesIT {
    private static final String SCRIPT = """
            -- How often each word comes.
            select word, count(*) as times, sum(length(word)) as letters
            from jsonb_array_elements_text(:words) as word group by word order by times desc, word limit :most
            """;
    private static final String DOCKERFILE = "FROM scratch\nCOPY bin/probe /probe\nENTRYPOINT [\"/probe\"]\n";

    private static Api api;

    @BeforeAll
    static void start() throws IOException {
        api = SharedStack.get().api();
    }

    @Test
    void shouldRunAScriptOnADataSource() {
        long script = api.publish("words", "1.0.0", Map.of("sql/words.sql", bytes(SCRIPT)))
                .get("sql/words.sql");
        api.agent("words", script, "{\"data_source\":\"stack\",\"inputs\":{\"most\":2}}");
        api.workflow("words", """
                {"nodes":[{"key":"count","agent":"words","inputs":{"words":"${inputs.words}"}},
                          {"key":"again","agent":"words","depends_on":["count"],
                           "inputs":{"words":["${nodes.count.output.rows[0].word}"],"most":"${nodes.count.output.row_count}"}}],
                 "output":["${nodes.count.output}","${nodes.again.output.rows[0].word}"]}""");

        JsonNode run = api.run("words", "{\"words\":[\"it's\",\"b\",\"it's\",\"'; drop table x --\"]}");

        assertThat(run.path("error").isNull() || run.path("error").isMissingNode())
                .as(run.toString())
                .isTrue();
        assertThat(run.path("output").toString())
                .isEqualTo("[{\"rows\":[{\"word\":\"it's\",\"times\":2,\"letters\":8},"
                        + "{\"word\":\"'; drop table x --\",\"times\":1,\"letters\":18}],\"row_count\":2},\"it's\"]");
    }

    @Test
    void shouldNotWriteWhereTheOperatorDoesNotAllowIt() {
        long script = api.publish("writer", "1.0.0", Map.of("write.sql", bytes("create table x (a int)")))
                .get("write.sql");
        api.agent("writer", script, "{\"data_source\":\"stack\"}");
        api.workflow("writer", "{\"nodes\":[{\"key\":\"a\",\"agent\":\"writer\"}]}");

        JsonNode run = api.run("writer", "{}");

        assertThat(run.path("error").path("code").asText()).isEqualTo("EXIT_CODE");
        assertThat(run.path("error").path("message").asText()).contains("25006", "read-only=false");
    }

    @Test
    void shouldRunAContainerOfADockerfile() throws Exception {
        Optional<TestPodman> podman = SharedStack.podman();
        assumeTrue(podman.isPresent(), "Podman is not installed: apt install podman runc gcc libc6-dev");
        byte[] probe = podman.get().probe(NetbaseUp.home().resolve("wasm-worker/src/test/containers/probe.c"));
        long dockerfile = api.publish(
                        "probe",
                        "1.0.0",
                        Map.of("Dockerfile", bytes(DOCKERFILE), "bin/probe", probe, "data.txt", bytes("published")))
                .get("Dockerfile");
        api.agent("probe", dockerfile, "{}");
        api.workflow("probe", """
                {"nodes":[{"key":"echo","agent":"probe","inputs":{"value":"${inputs.value}"}},
                          {"key":"look","agent":"probe","depends_on":["echo"],"config":{"args":["isolation"]}},
                          {"key":"fail","agent":"probe","depends_on":["echo"],"config":{"args":["exit","7"]}}],
                 "output":["${nodes.echo.output.value}","${nodes.look.output.data}","${nodes.look.output.interfaces}"]}""");

        JsonNode run = api.run("probe", "{\"value\":[1,\"zwei\"]}");

        assertThat(run.path("error").path("code").asText()).as(run.toString()).isEqualTo("EXIT_CODE");
        assertThat(run.path("error").path("message").asText()).isEqualTo("exit code 7: giving up");
        JsonNode look = api.tasks(run.path("run_id").asText()).stream()
                .filter(task -> task.path("node").asText().equals("look"))
                .findFirst()
                .orElseThrow();
        assertThat(look.path("output").path("data").asText()).isEqualTo("published");
        assertThat(look.path("output").path("interfaces").toString()).isEqualTo("[\"lo\"]");
        assertThat(podman.get().podman("ps", "--all", "--quiet")).isEmpty();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
