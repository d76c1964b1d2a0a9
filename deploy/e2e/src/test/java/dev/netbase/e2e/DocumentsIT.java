package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What the documents tell a user to type, typed. */
@ResourceLock(SharedStack.IN_USE)
class DocumentsIT {
    private static final Pattern SH_BLOCK = Pattern.compile("(?ms)^```sh\\n(.*?)^```$");
    private static NetbaseUp netbase;

    @BeforeAll
    static void start() throws IOException {
        netbase = SharedStack.get();
    }

    @Test
    void shouldDoWhatTheReadmeSays() throws Exception {
        String printed = type(NetbaseUp.home().resolve("README.md"), NetbaseUp.home());

        assertThat(printed).contains("\"output\": \"milk\"", "\"output\": \"rum\"");
        assertThat(printed).as("events").containsPattern("\"node\":\"rank\",\"status\":\"COMPLETED\"");
    }

    @Test
    void shouldDoWhatTheTutorialSays() throws Exception {
        Path tutorial = NetbaseUp.home().resolve("docs/tutorials/word-count");

        String printed = type(tutorial.resolve("README.md"), tutorial);

        assertThat(printed).contains("\"total_words\": 729254");
        List<JsonNode> byKafka = new ArrayList<>();
        netbase.api()
                .get("/runs?workflow=word-count&size=200")
                .expect(200)
                .path("items")
                .forEach(run -> {
                    if (run.path("inputs").path("limit").asInt() == 3) {
                        byKafka.add(run);
                    }
                });
        assertThat(byKafka)
                .singleElement()
                .satisfies(run -> assertThat(run.path("status").asText()).isEqualTo("COMPLETED"));
    }

    /** Runs the document's sh blocks in one shell that stops at the first error; answers what they print. */
    private static String type(Path document, Path directory) throws IOException, InterruptedException {
        StringBuilder script = new StringBuilder();
        Matcher blocks = SH_BLOCK.matcher(Files.readString(document));
        while (blocks.find()) {
            script.append(blocks.group(1)).append('\n');
        }
        assertThat(script).isNotEmpty();
        Path out = NetbaseUp.output("typed");
        ProcessBuilder builder = new ProcessBuilder("bash", "-eu", "-o", "pipefail", "-c", script.toString())
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("NETBASE", netbase.api().base().toString());
        builder.environment().put("TOKEN", netbase.api().token());
        builder.environment()
                .put(
                        "PRODUCE",
                        "'%s' -cp '%s' dev.netbase.e2e.LineProducer %s netbase.workflow.triggers"
                                .formatted(
                                        ProcessHandle.current().info().command().orElseThrow(),
                                        System.getProperty(
                                                "surefire.test.class.path", System.getProperty("java.class.path")),
                                        netbase.kafka()));
        Process process = builder.start();
        boolean ended = process.waitFor(4, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        String printed = Files.readString(out);
        assertThat(ended && process.exitValue() == 0).as(printed).isTrue();
        return printed;
    }
}
