package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A trigger that came too early lies with the dead letters until an operator sends it back. */
@ResourceLock(SharedStack.IN_USE)
class DeadLettersIT {
    private static NetbaseUp netbase;

    private record Said(int exitCode, String out, String err) {}

    @BeforeAll
    static void publish() throws IOException {
        netbase = SharedStack.get();
        Map<String, Long> files =
                netbase.api().publish("letter-guests", "1.0.0", Map.of("bin/echo.wasm", Guests.module("echo")));
        netbase.api().agent("letter-echo", files.get("bin/echo.wasm"), "{}");
    }

    @Test
    void shouldListWhatCouldNotBeReadAndSendItBackOnce() throws Exception {
        try (KafkaProbe kafka = new KafkaProbe(netbase.kafka())) {
            kafka.trigger(
                    "{\"type\":\"START_WORKFLOW\",\"event_id\":\"l-1\",\"workflow\":\"late\",\"inputs\":{\"n\":1}}");
            kafka.trigger("not to be mended");
        }
        JsonNode late = await().atMost(Duration.ofSeconds(30))
                .until(() -> letters("'late'"), found -> found.size() == 1)
                .getFirst();
        assertThat(late.path("topic").asText()).isEqualTo("netbase.workflow.triggers");
        assertThat(late.path("key").asText()).isEqualTo("any");
        assertThat(late.path("size_bytes").asInt()).isPositive();
        assertThat(netbase("list", "--kafka", netbase.kafka()).out())
                .startsWith("ID")
                .contains("there is no workflow 'late'");

        netbase.api().workflow("late", """
                {"nodes":[{"key":"a","agent":"letter-echo","inputs":"${inputs.n}"}],"output":"${nodes.a.output}"}""");
        Said replay = netbase(
                "replay", "--data", netbase.data().toString(), late.path("id").asText());

        assertThat(replay.out()).as(replay.err()).isEqualTo("replayed 1\n");
        await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> netbase.api()
                                .get("/runs?workflow=late&status=COMPLETED")
                                .expect(200),
                        runs -> runs.path("total").asInt() == 1);
        assertThat(letters("'late'")).isEmpty();
        assertThat(letters("not JSON")).isNotEmpty();
    }

    /** With its reason and where it came from it is more than a record may be. */
    @Test
    void shouldNotSendBackALetterThatWasTooLargeToKeepItsValue() throws Exception {
        try (KafkaProbe kafka = new KafkaProbe(netbase.kafka())) {
            kafka.send("netbase.workflow.triggers", "too-large", "x".repeat(1_048_400), Map.of());
        }
        JsonNode large = await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> letters("not JSON").stream()
                                .filter(letter -> letter.path("key").asText().equals("too-large"))
                                .toList(),
                        found -> found.size() == 1)
                .getFirst();

        Said replay =
                netbase("replay", "--kafka", netbase.kafka(), large.path("id").asText());

        assertThat(large.path("size_bytes").asInt()).isZero();
        assertThat(replay.exitCode()).isEqualTo(1);
        assertThat(replay.err()).contains("was too large to keep its value").doesNotContain("\tat ");
    }

    /** Each worker reads the topic of cancellations. */
    @Test
    void shouldShowARecordOnceThatSeveralCouldNotRead() throws Exception {
        Map<String, String> from = Map.of(
                "netbase-topic",
                "netbase.task.control",
                "netbase-partition",
                "0",
                "netbase-offset",
                "987654321",
                "netbase-reason",
                "told by several");
        try (KafkaProbe kafka = new KafkaProbe(netbase.kafka())) {
            for (int worker = 0; worker < 3; worker++) {
                kafka.send("netbase.dead-letters", "several", "{}", from);
            }
            kafka.send("netbase.dead-letters", "several", "{ }", from);
        }

        assertThat(letters("told by several")).hasSize(2);
    }

    @Test
    void shouldSayWhatIsWrong() throws Exception {
        Path nothing = Files.createTempDirectory("no-stack");
        try {
            Said notRunning = netbase("list", "--data", nothing.toString());
            assertThat(notRunning.exitCode()).isEqualTo(1);
            assertThat(notRunning.err()).contains("No stack runs on " + nothing).doesNotContain("\tat ");
        } finally {
            NetbaseUp.delete(nothing);
        }
        Said unknown = netbase("replay", "--kafka", netbase.kafka(), "0-999999");
        assertThat(unknown.exitCode()).isEqualTo(1);
        assertThat(unknown.err()).contains("There is no dead letter 0-999999; nothing was sent.");
    }

    private static List<JsonNode> letters(String reason) throws Exception {
        List<JsonNode> letters = new ArrayList<>();
        for (String line : netbase("list", "--data", netbase.data().toString(), "--json")
                .out()
                .lines()
                .toList()) {
            JsonNode letter = Api.JSON.readTree(line);
            if (letter.path("reason").asText().contains(reason)) {
                letters.add(letter);
            }
        }
        return letters;
    }

    private static Said netbase(String... arguments) throws IOException, InterruptedException {
        Path out = Files.createTempFile("netbase", ".out");
        Path err = Files.createTempFile("netbase", ".err");
        try {
            Process process = new ProcessBuilder(Stream.concat(
                                    Stream.of(
                                            NetbaseUp.home().resolve("netbase").toString(), "dead-letters"),
                                    Arrays.stream(arguments))
                            .toList())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Said(
                    process.exitValue(),
                    Files.readString(out, StandardCharsets.UTF_8),
                    Files.readString(err, StandardCharsets.UTF_8));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }
}
