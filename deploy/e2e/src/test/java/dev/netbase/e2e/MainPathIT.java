package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Publish, trigger, schedule as groups, run in the sandbox: on one stack that stays up. */
@ResourceLock(SharedStack.IN_USE)
class MainPathIT {
    private static NetbaseUp netbase;
    private static Api api;
    private static KafkaProbe kafka;

    @BeforeAll
    static void start() throws IOException {
        netbase = SharedStack.get();
        api = netbase.api();
        kafka = new KafkaProbe(netbase.kafka());
        Map<String, Long> files = api.publish(
                "guests",
                "1.0.0",
                Map.of(
                        "bin/echo.wasm", Guests.module("echo"),
                        "bin/cat.wasm", Guests.module("cat"),
                        "bin/spin.wasm", Guests.module("spin"),
                        "bin/grow.wasm", Guests.module("grow"),
                        "bin/trap.wasm", Guests.module("trap"),
                        "bin/args-env.wasm", Guests.module("args-env"),
                        "bin/args-env.config.json",
                                "{\"args\":[\"file\"],\"env\":{\"LAYER\":\"file\"},\"limits\":{\"fuel\":1000000}}"
                                        .getBytes()));
        for (String name : List.of("echo", "cat", "trap", "grow")) {
            api.agent(name, files.get("bin/" + name + ".wasm"), "{}");
        }
        api.agent("spin", files.get("bin/spin.wasm"), "{\"limits\":{\"fuel\":50000000}}");
        api.agent("args-env", files.get("bin/args-env.wasm"), "{\"env\":{\"LAYER\":\"agent\"}}");
        api.workflow("echo", """
                {"nodes":[{"key":"a","agent":"echo","inputs":"${inputs.value}"}],"output":"${nodes.a.output}"}""");
    }

    @AfterAll
    static void stop() {
        kafka.close();
    }

    @Test
    void shouldRunOneGuestThroughEverything() {
        JsonNode run = api.run("echo", "{\"value\":{\"text\":\"hello\",\"n\":7}}");

        assertThat(run.path("status").asText()).isEqualTo("COMPLETED");
        assertThat(run.path("output").toString()).isEqualTo("{\"text\":\"hello\",\"n\":7}");
        assertThat(run.path("tasks").path("total").asInt()).isEqualTo(1);
        assertThat(run.path("tasks").path("completed").asInt()).isEqualTo(1);
        JsonNode task = api.tasks(run.path("run_id").asText()).getFirst();
        assertThat(task.path("node").asText()).isEqualTo("a");
        assertThat(task.path("attempt").asInt()).isEqualTo(1);
        assertThat(task.path("fuel_used").asLong()).isPositive();
        assertThat(task.path("peak_memory_bytes").asLong()).isPositive();
        assertThat(task.path("output")).isEqualTo(run.path("output"));
        assertThat(task.path("finished_at").asText()).endsWith("Z");
    }

    @Test
    void shouldTellOfEveryOutcomeOfALoneChainOnce() {
        int length = 40;
        String nodes = IntStream.range(0, length)
                .mapToObj(n -> "{\"key\":\"n%d\",\"agent\":\"echo\"%s}"
                        .formatted(n, n == 0 ? "" : ",\"depends_on\":[\"n" + (n - 1) + "\"]"))
                .collect(Collectors.joining(","));
        api.workflow("lone-chain", "{\"nodes\":[" + nodes + "]}");
        List<String> runs = IntStream.range(0, 3)
                .mapToObj(any -> api.run("lone-chain", "{}").path("run_id").asText())
                .toList();

        await().untilAsserted(() -> {
            List<String> told = kafka.read("netbase.task.events").stream()
                    .filter(record -> runs.contains(record.key()))
                    .map(record -> record.key() + "/"
                            + json(record.value()).path("event_id").asText())
                    .toList();
            assertThat(told).hasSize(runs.size() * length).doesNotHaveDuplicates();
        });
    }

    @Test
    void shouldStartOneRunOfAnEventHoweverOftenItComes() {
        String event =
                "{\"type\":\"START_WORKFLOW\",\"event_id\":\"e-1\",\"workflow\":\"echo\",\"inputs\":{\"value\":1}}";
        String structured =
                "{\"specversion\":\"1.0\",\"id\":\"ce-1\",\"source\":\"test\",\"type\":\"any.thing\",\"data\":"
                        + event.replace("e-1", "e-2") + "}";
        kafka.trigger(event);
        kafka.trigger(event);
        kafka.trigger(structured);
        kafka.send(
                "netbase.workflow.triggers",
                "k",
                event.replace("e-1", "e-3"),
                Map.of("ce_specversion", "1.0", "ce_id", "b-1", "ce_type", "x", "ce_source", "test"));
        kafka.trigger(structured);
        kafka.trigger(event);
        kafka.trigger(event.replace("e-1", "e-4"));

        List<JsonNode> runs = awaitKafkaRuns(4);

        assertThat(runs).hasSize(4);
        runs.forEach(run -> assertThat(
                        api.await(run.path("run_id").asText()).path("output").asInt())
                .isEqualTo(1));
        assertThat(runsOf("echo").stream()
                        .filter(run -> run.path("inputs").toString().equals("{\"value\":1}")))
                .hasSize(4);
    }

    private static List<JsonNode> awaitKafkaRuns(int count) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> runsOf("echo").stream()
                                .filter(run -> run.path("inputs").toString().equals("{\"value\":1}"))
                                .toList(),
                        runs -> runs.size() >= count);
    }

    private static List<JsonNode> runsOf(String workflow) {
        List<JsonNode> runs = new ArrayList<>();
        api.get("/runs?size=200&workflow=" + workflow).expect(200).path("items").forEach(runs::add);
        return runs;
    }

    @Test
    void shouldSendWhatCannotBeReadToTheDeadLettersAndGoOn() {
        kafka.trigger("this is not JSON");
        String unknownWorkflow = "{\"type\":\"START_WORKFLOW\",\"event_id\":\"d-1\",\"workflow\":\"no-such-workflow\"}";
        kafka.trigger(unknownWorkflow);
        kafka.send("netbase.task.events", "k", "{\"schema\":99}", Map.of());
        kafka.send("netbase.task.groups", "k", "[]", Map.of());

        List<ConsumerRecord<String, String>> letters = await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> kafka.read("netbase.dead-letters"),
                        all -> all.stream()
                                .map(ConsumerRecord::value)
                                .collect(Collectors.toSet())
                                .containsAll(List.of("this is not JSON", unknownWorkflow, "{\"schema\":99}", "[]")));

        ConsumerRecord<String, String> unknown = letters.stream()
                .filter(record -> unknownWorkflow.equals(record.value()))
                .findFirst()
                .orElseThrow();
        assertThat(new String(unknown.headers().lastHeader("netbase-reason").value()))
                .contains("no-such-workflow");
        assertThat(new String(unknown.headers().lastHeader("netbase-topic").value()))
                .isEqualTo("netbase.workflow.triggers");
        assertThat(api.run("echo", "{\"value\":2}").path("output").asInt()).isEqualTo(2);
    }

    @Test
    void shouldRunAChainWithFanOutAndJoin() {
        api.workflow("chain", """
                {"nodes":[
                   {"key":"list","agent":"cat","inputs":"${inputs.items}"},
                   {"key":"each","agent":"echo","depends_on":["list"],"for_each":"${nodes.list.output}",
                    "inputs":{"item":"${item}","text":"#${index}: ${item}"}},
                   {"key":"join","agent":"cat","depends_on":["each"],"inputs":"${nodes.each.output.map(e, e.text)}"},
                   {"key":"unused","agent":"trap","depends_on":["list"],"when":"${size(nodes.list.output) > 5}"}],
                 "output":{"joined":"${nodes.join.output}","skipped":"${nodes.unused.output}"}}""");

        JsonNode run = api.run("chain", "{\"items\":[\"a\",7,null]}");

        assertThat(run.path("output").toString())
                .isEqualTo("{\"joined\":[\"#0: a\",\"#1: 7\",\"#2: null\"],\"skipped\":null}");
        assertThat(run.path("tasks").path("skipped").asInt()).isEqualTo(1);
    }

    @Test
    void shouldRunAThousandTasksInAHandfulOfGroups() {
        api.workflow("fan", """
                {"nodes":[{"key":"each","agent":"echo","for_each":"${inputs.items}","inputs":"${item}"},
                          {"key":"join","agent":"echo","depends_on":["each"],"inputs":"${nodes.each.output.size()}"}],
                 "output":"${nodes.join.output}"}""");
        String items = IntStream.range(0, 1_000).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));

        JsonNode run = api.run("fan", "{\"items\":" + items + "}");

        String runId = run.path("run_id").asText();
        assertThat(run.path("output").asInt()).isEqualTo(1_000);
        List<JsonNode> groups = kafka.read("netbase.task.groups").stream()
                .filter(record -> record.value().contains(runId))
                .map(record -> json(record.value()))
                .toList();
        assertThat(groups.size()).isBetween(2, 6);
        assertThat(groups.stream().mapToInt(group -> group.path("tasks").size()).sum())
                .isEqualTo(1_001);
        Set<Long> ended = new HashSet<>();
        kafka.read("netbase.task.events").stream()
                .map(record -> json(record.value()))
                .filter(event -> event.path("run_id").asText().equals(runId))
                .forEach(event -> ended.add(event.path("task_instance_id").asLong()));
        assertThat(ended).hasSize(1_001);
    }

    @Test
    void shouldFailHostileGuestsWhileAHundredSiblingsComplete() {
        api.workflow("hostile", """
                {"nodes":[{"key":"honest","agent":"echo","for_each":"${inputs.items}","inputs":"${item}"},
                          {"key":"spin","agent":"spin"},{"key":"grow","agent":"grow"},{"key":"trap","agent":"trap"},
                          {"key":"after","agent":"echo","depends_on":["trap"]}]}""");
        String items = IntStream.range(0, 100).mapToObj(Integer::toString).collect(Collectors.joining(",", "[", "]"));

        JsonNode run = api.run("hostile", "{\"items\":" + items + "}");

        assertThat(run.path("status").asText()).isEqualTo("FAILED");
        assertThat(run.path("tasks").path("completed").asInt()).isEqualTo(100);
        assertThat(run.path("tasks").path("failed").asInt()).isEqualTo(3);
        assertThat(run.path("tasks").path("cancelled").asInt()).isEqualTo(1);
        Map<String, String> codes = api.tasks(run.path("run_id").asText()).stream()
                .filter(task -> task.hasNonNull("error"))
                .collect(Collectors.toMap(
                        task -> task.path("node").asText(),
                        task -> task.path("error").path("code").asText()));
        assertThat(codes)
                .isEqualTo(Map.of(
                        "spin", "OUT_OF_FUEL",
                        "grow", "OUT_OF_MEMORY",
                        "trap", "TRAP",
                        "after", "UPSTREAM_FAILED"));
        assertThat(run.path("error").path("node").asText()).isEqualTo("spin");
        Set<String> groups = api.tasks(run.path("run_id").asText()).stream()
                .filter(task -> task.hasNonNull("group_id"))
                .map(task -> task.path("group_id").asText())
                .collect(Collectors.toSet());
        assertThat(groups).hasSize(1);
    }

    @Test
    void shouldLayConfigurationOfFileAgentAndNodeOverEachOther() {
        api.workflow("layers", """
                {"nodes":[{"key":"a","agent":"args-env"},
                          {"key":"b","agent":"args-env","config":{"args":["node"],"env":{"LAYER":"node"}}}],
                 "output":["${nodes.a.output}","${nodes.b.output}"]}""");

        JsonNode output = api.run("layers", "{}").path("output");

        assertThat(output.get(0).asText()).isEqualTo("bin/args-env.wasm\0file\0LAYER=agent\0");
        assertThat(output.get(1).asText()).isEqualTo("bin/args-env.wasm\0node\0LAYER=node\0");
    }

    @Test
    void shouldPassLargeValuesWhole() {
        api.workflow("large", """
                {"nodes":[{"key":"a","agent":"cat","inputs":"${inputs.text}"},
                          {"key":"b","agent":"cat","depends_on":["a"],"inputs":{"again":"${nodes.a.output}"}},
                          {"key":"c","agent":"echo","depends_on":["b"],"inputs":"${size(nodes.b.output.again)}"}],
                 "output":"${nodes.c.output}"}""");

        JsonNode run = api.run("large", "{\"text\":\"" + "x".repeat(300_000) + "\"}");

        assertThat(run.path("output").asInt()).isEqualTo(300_000);
        JsonNode task = api.tasks(run.path("run_id").asText()).stream()
                .filter(one -> one.path("node").asText().equals("a"))
                .findFirst()
                .orElseThrow();
        String sha256 = task.path("output").path("$artifact").asText();
        assertThat(api.get("/artifacts/" + sha256).expect(200).asText()).hasSize(300_000);
        assertThat(kafka.read("netbase.task.groups").stream()
                        .mapToInt(record -> record.serializedValueSize())
                        .max()
                        .orElse(0))
                .isLessThanOrEqualTo(512 * 1024);
    }

    @Test
    void shouldNotRunAFileThatWasChangedInTheStore() throws IOException {
        String nanoid = api.post("/asset-packages", "{\"name\":\"tampered\"}")
                .expect(201)
                .path("nanoid")
                .asText();
        Map<String, Long> files = api.publishVersion(nanoid, "1.0.0", Map.of("bin/echo.wasm", Guests.module("echo")));
        api.agent("tampered", files.get("bin/echo.wasm"), "{}");
        api.workflow("tampered", "{\"nodes\":[{\"key\":\"a\",\"agent\":\"tampered\"}]}");
        assertThat(api.run("tampered", "{}").path("status").asText()).isEqualTo("COMPLETED");
        Path stored = netbase.data().resolve("modules").resolve(nanoid).resolve("1.0.0/bin/echo.wasm");
        stored.toFile().setWritable(true);
        Files.write(stored, Guests.module("cat"));

        JsonNode run = api.run("tampered", "{}");

        assertThat(run.path("status").asText()).isEqualTo("FAILED");
        assertThat(run.path("error").path("code").asText()).isEqualTo("CHECKSUM_MISMATCH");
    }

    @Test
    void shouldLeaveNoWorkspaceBehind() throws IOException {
        api.run("echo", "{\"value\":3}");

        try (var entries = Files.walk(netbase.data().resolve("workspaces"))) {
            assertThat(entries.filter(Files::isRegularFile)).isEmpty();
        }
    }

    @Test
    void shouldRetryAsTheDefinitionSays() {
        api.workflow("retry", """
                {"nodes":[{"key":"a","agent":"trap","retry":{"max_attempts":3,"backoff":"100ms"}}]}""");

        JsonNode run = api.run("retry", "{}");

        assertThat(run.path("status").asText()).isEqualTo("FAILED");
        assertThat(api.tasks(run.path("run_id").asText()))
                .singleElement()
                .satisfies(task -> assertThat(task.path("attempt").asInt()).isEqualTo(3));
    }

    private static JsonNode json(String text) {
        try {
            return Api.JSON.readTree(text);
        } catch (IOException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
