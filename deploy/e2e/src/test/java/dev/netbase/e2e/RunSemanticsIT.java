package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Runs that stop, go on, run again, and run others: on the stack that stays up. */
@ResourceLock(SharedStack.IN_USE)
class RunSemanticsIT {
    private static Api api;
    private static long echo;
    private static long trap;

    @BeforeAll
    static void start() throws IOException {
        api = SharedStack.get().api();
        Map<String, Long> files = api.publish(
                "semantics",
                "1.0.0",
                Map.of(
                        "bin/echo.wasm", Guests.module("echo"),
                        "bin/spin.wasm", Guests.module("spin"),
                        "bin/trap.wasm", Guests.module("trap")));
        echo = files.get("bin/echo.wasm");
        trap = files.get("bin/trap.wasm");
        api.agent("semantics-echo", echo, "{}");
        api.agent("semantics-trap", trap, "{}");
        String endless = "{\"limits\":{\"fuel\":1000000000000,\"timeout_ms\":600000}}";
        api.agent("semantics-spin", files.get("bin/spin.wasm"), endless);
        api.workflow("semantics-spin", "{\"nodes\":[{\"key\":\"s\",\"agent\":\"semantics-spin\"}]}");
    }

    private static List<String> statuses(String runId) {
        return api.tasks(runId).stream()
                .map(task -> task.path("status").asText())
                .toList();
    }

    @Test
    void shouldStopSpinningElementsWhenOneFailsFast() {
        api.workflow("trap-or-spin", """
                {"nodes":[{"key":"s","agent":"semantics-spin","when":"${inputs.spin}"},
                          {"key":"t","agent":"semantics-trap","when":"${!inputs.spin}"}]}""");
        api.workflow("fail-fast", """
                {"nodes":[{"key":"a","workflow":"trap-or-spin","for_each":[true,true,false],
                           "inputs":{"spin":"${item}"},"on_element_failure":"fail_fast"}]}""");

        JsonNode run = api.run("fail-fast", "{}");

        assertThat(run.path("status").asText()).isEqualTo("FAILED");
        assertThat(run.path("error").path("code").asText()).isEqualTo("TRAP");
        assertThat(statuses(run.path("run_id").asText())).containsExactly("CANCELLED", "CANCELLED", "FAILED");
    }

    /** The small run starts last and ends first: it waits neither for the large one nor for its records. */
    @Test
    void shouldFanOutOverTenThousandNestedElementsWhileAnUrgentRunOvertakes() {
        api.workflow("ten-thousand", """
                {"nodes":[{"key":"a","agent":"semantics-echo","for_each":"${inputs.orders}",
                           "inputs":{"id":"${item.id}","sums":"${item.lines.map(l, l.amount * l.price)}","at":"${index}"}},
                          {"key":"b","agent":"semantics-echo","depends_on":["a"],
                           "inputs":{"count":"${size(nodes.a.output)}","last":"${nodes.a.output[9999]}"}}],
                 "output":"${nodes.b.output}"}""");
        api.workflow("urgent", "{\"priority\":50,\"nodes\":[{\"key\":\"a\",\"agent\":\"semantics-echo\"}]}");
        String orders = IntStream.range(0, 10_000)
                .mapToObj(
                        "{\"id\":%1$d,\"lines\":[{\"amount\":2,\"price\":%1$d},{\"amount\":1,\"price\":7}]}"::formatted)
                .collect(Collectors.joining(",", "[", "]"));
        String large = api.start("ten-thousand", "{\"orders\":" + orders + "}");
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        api.get("/runs/" + large).expect(200).at("/tasks/total").asInt() == 10_000);

        JsonNode small = api.run("urgent", "{}");
        JsonNode run = api.await(large);

        assertThat(run.path("output").toString())
                .isEqualTo("{\"count\":10000,\"last\":{\"id\":9999,\"sums\":[19998,7],\"at\":9999}}");
        assertThat(run.at("/tasks/completed").asInt()).isEqualTo(10_001);
        assertThat(small.path("finished_at").asText())
                .isLessThan(run.path("finished_at").asText());
        JsonNode tooMany = api.run("ten-thousand", "{\"orders\":" + orders.replaceFirst("\\[", "[{},") + "}");
        assertThat(tooMany.at("/error/code").asText()).isEqualTo("INVALID_EXPRESSION");
        assertThat(tooMany.at("/error/message").asText()).contains("10001 elements; 10000 are allowed");
    }

    @Test
    void shouldEndARunWhoseTimeIsUp() {
        api.workflow("time-is-up", "{\"timeout\":\"1s\",\"nodes\":[{\"key\":\"s\",\"agent\":\"semantics-spin\"}]}");

        JsonNode run = api.run("time-is-up", "{}");

        assertThat(run.path("status").asText()).isEqualTo("FAILED");
        assertThat(run.path("error").path("code").asText()).isEqualTo("TIMEOUT");
        assertThat(statuses(run.path("run_id").asText())).containsExactly("CANCELLED");
    }

    @Test
    void shouldPassInputsAndOutputsThroughSubWorkflowsAndCancelThem() {
        api.workflow("twice", """
                {"nodes":[{"key":"e","agent":"semantics-echo","inputs":{"v":"${inputs.v}"}}],
                 "output":"${nodes.e.output.v * 2}"}""");
        api.workflow("each-twice", """
                {"nodes":[{"key":"a","workflow":"twice","for_each":"${inputs.list}","inputs":{"v":"${item}"}}],
                 "output":"${nodes.a.output}"}""");
        List<Integer> list = IntStream.range(0, 40).boxed().toList();

        JsonNode run = api.run("each-twice", "{\"list\":" + list + "}");

        assertThat(run.path("output").toString())
                .isEqualTo(list.stream().map(n -> 2 * n).toList().toString().replace(" ", ""));

        api.workflow("spins-below", "{\"nodes\":[{\"key\":\"a\",\"workflow\":\"semantics-spin\",\"inputs\":{}}]}");
        String parent = api.start("spins-below", "{}");
        String child = await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> api.tasks(parent).stream()
                                .map(task -> task.path("child_run_id").asText())
                                .findFirst()
                                .orElse(""),
                        id -> !id.isEmpty());
        await().atMost(Duration.ofSeconds(30)).until(() -> statuses(child).equals(List.of("RUNNING")));
        api.post("/runs/" + parent + "/cancel", "").expect(202);
        assertThat(api.await(parent).path("status").asText()).isEqualTo("CANCELLED");
        assertThat(api.get("/runs/" + child).expect(200).path("status").asText())
                .isEqualTo("CANCELLED");
        assertThat(statuses(child)).containsExactly("CANCELLED");
    }

    @Test
    void shouldRetryAFailedRunFromWhatFailed() {
        api.workflow("mended", """
                {"nodes":[{"key":"a","agent":"semantics-echo","inputs":{"v":1}},
                          {"key":"b","agent":"semantics-trap","depends_on":["a"],"for_each":"${inputs.list}"},
                          {"key":"c","agent":"semantics-echo","depends_on":["b"],"inputs":"${nodes.b.output}"}]}""");
        JsonNode failed = api.run("mended", "{\"list\":[1]}");
        String runId = failed.path("run_id").asText();
        assertThat(failed.path("error").path("node").asText()).isEqualTo("b");

        api.post("/runs/" + runId + "/retry", "").expect(202);

        JsonNode again = api.await(runId);
        assertThat(again.path("status").asText()).isEqualTo("FAILED");
        assertThat(api.tasks(runId))
                .extracting(task ->
                        task.path("node").asText() + " " + task.path("attempt").asInt() + " "
                                + task.path("status").asText())
                .containsExactlyInAnyOrder("a 1 COMPLETED", "b 2 FAILED", "c 0 CANCELLED");
    }

    @Test
    void shouldRunTheVerySameAgainThoughTheAgentHasMoved() {
        long agent = api.agent("semantics-moving", echo, "{}");
        api.workflow("moving", "{\"nodes\":[{\"key\":\"a\",\"agent\":\"semantics-moving\",\"inputs\":\"${inputs}\"}]}");
        String origin = api.run("moving", "{\"v\":1}").path("run_id").asText();
        api.send(api.request("/agents/" + agent)
                        .header("Content-Type", "application/json")
                        .method("PATCH", BodyPublishers.ofString("{\"asset_file_id\":" + trap + "}")))
                .expect(200);

        JsonNode exact = rerun(origin, "{\"exact\":true}");
        JsonNode latest = rerun(origin, "{}");

        assertThat(exact.path("status").asText()).isEqualTo("COMPLETED");
        JsonNode same = api.get("/runs/" + exact.path("run_id").asText() + "/differences")
                .expect(200);
        assertThat(same.path("complete").asBoolean()).isTrue();
        assertThat(same.path("total").asInt()).isZero();
        assertThat(latest.path("status").asText()).isEqualTo("FAILED");
        assertThat(api.get("/runs/" + latest.path("run_id").asText() + "/differences")
                        .expect(200)
                        .path("items")
                        .path(0)
                        .path("node")
                        .asText())
                .isEqualTo("a");
        JsonNode provenance = api.get("/runs/" + origin + "/provenance").expect(200);
        assertThat(provenance.path("engines").path(0).asText()).startsWith("wasmtime/");
        assertThat(provenance.path("nodes").path(0).path("relative_path").asText())
                .isEqualTo("bin/echo.wasm");
    }

    private static JsonNode rerun(String origin, String body) {
        JsonNode started = api.post("/runs/" + origin + "/rerun", body).expect(202);
        assertThat(started.path("rerun_of").asText()).isEqualTo(origin);
        return api.await(started.path("run_id").asText());
    }
}
