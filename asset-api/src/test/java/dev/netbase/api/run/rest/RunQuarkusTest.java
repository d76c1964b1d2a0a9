package dev.netbase.api.run.rest;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.nullValue;

import dev.netbase.api.testing.Registry;
import dev.netbase.api.testing.ServiceEnvironment;
import dev.netbase.model.artifact.Sha256;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class RunQuarkusTest {
    @Inject
    AgroalDataSource database;

    @Test
    void shouldAcceptARunThatCanBeReadAtOnceThoughKafkaIsDown() {
        String workflow = Registry.workflow(Registry.agent());

        Response started = start(workflow, "{\"inputs\":{\"text\":\"a\",\"n\":1.50}}");

        started.then()
                .statusCode(202)
                .body("status", equalTo("PENDING"))
                .body("run_id", matchesPattern("[A-Za-z0-9_-]{21}"));
        Response run = admin().get("/runs/" + started.path("run_id"));
        run.then()
                .statusCode(200)
                .body("workflow", equalTo(workflow))
                .body("version", equalTo(1))
                .body("status", equalTo("PENDING"))
                .body("output", nullValue())
                .body("error", nullValue())
                .body("started_at", nullValue())
                .body("finished_at", nullValue())
                .body("created_at", matchesPattern(".*\\.\\d{6}Z"))
                .body("tasks.total", equalTo(0))
                .body("tasks.skipped", equalTo(0));
        assertThat(run.asString()).contains("\"inputs\":{\"text\":\"a\",\"n\":1.50}");
    }

    @Test
    void shouldRefuseWhatCannotBeStarted() {
        String workflow = Registry.workflow(Registry.agent());

        start("nobody", "{}").then().statusCode(404).body("code", equalTo("workflow-not-found"));
        start(workflow, "{\"version\":2}").then().statusCode(404).body("code", equalTo("workflow-not-found"));
        start(workflow, "{\"version\":0}").then().statusCode(400).body("errors.field", contains("version"));
        start(workflow, "{\"inputs\":[]}").then().statusCode(400).body("errors.field", contains("inputs"));
        start(workflow, "{\"input\":{}}").then().statusCode(400).body("errors.field", contains("input"));
    }

    @Test
    void shouldAnswerAWaitingReaderWhenTheRunEnds() throws Exception {
        String runId = start(Registry.workflow(Registry.agent()), "{}").path("run_id");
        CompletableFuture<Response> waiting =
                CompletableFuture.supplyAsync(() -> admin().get("/runs/" + runId + "?wait=1m"));

        finish(runId, "COMPLETED", "{\"words\":12}");

        waiting.get(30, TimeUnit.SECONDS)
                .then()
                .statusCode(200)
                .body("status", equalTo("COMPLETED"))
                .body("output.words", equalTo(12));
        admin().get("/runs/" + runId + "?wait=1m").then().body("status", equalTo("COMPLETED"));
    }

    @Test
    void shouldAnswerAWaitingReaderWhenTheTimeIsUp() {
        String runId = start(Registry.workflow(Registry.agent()), "{}").path("run_id");

        admin().get("/runs/" + runId + "?wait=50ms").then().statusCode(200).body("status", equalTo("PENDING"));
        for (String wait : new String[] {"61s", "2m", "soon", "-1s", "1h", "5"}) {
            admin().get("/runs/" + runId + "?wait=" + wait)
                    .then()
                    .statusCode(400)
                    .body("errors.field", contains("wait"));
        }
        admin().get("/runs/nowhere?wait=30s").then().statusCode(404).body("code", equalTo("run-not-found"));
    }

    @Test
    void shouldListRunsNewestFirstByWorkflowAndStatus() throws SQLException {
        String workflow = Registry.workflow(Registry.agent());
        String first = start(workflow, "{}").path("run_id");
        finish(first, "FAILED", "null");
        List<String> later = IntStream.range(0, 3)
                .mapToObj(i -> start(workflow, "{}").<String>path("run_id"))
                .toList();

        List<String> listed = admin().get("/runs?workflow=" + workflow)
                .then()
                .statusCode(200)
                .body("total", equalTo(4))
                .extract()
                .path("items.run_id");
        assertThat(listed).containsExactlyInAnyOrder(later.get(0), later.get(1), later.get(2), first);
        assertThat(listed.getLast()).isEqualTo(first);
        admin().get("/runs?status=FAILED&workflow=" + workflow)
                .then()
                .body("items.run_id", contains(first))
                .body("total", equalTo(1));
        admin().get("/runs?status=PENDING&size=2&page=1&workflow=" + workflow)
                .then()
                .body("items", hasSize(1))
                .body("total", equalTo(3));
        admin().get("/runs?status=BROKEN").then().statusCode(400).body("errors.field", contains("status"));
        admin().get("/runs?workflow=nobody").then().statusCode(200).body("items", hasSize(0));
    }

    @Test
    void shouldShowTasksWithWhatTheyTookAndGave() throws SQLException {
        String runId = start(Registry.workflow(Registry.agent()), "{}").path("run_id");
        execute("""
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, group_id, inputs, output,
                    stderr, fuel_used, peak_memory_bytes, started_at, finished_at, artifacts, usage, attempts)
                values (?, 1, 'count', 0, 'COMPLETED', 2, 'g1', '{"n":1}', '{"words":7}', 'warned', 500, 65536, now(), now(),
                    '[{"path":"a.txt","sha256":"00","size_bytes":3}]', '{"fuel_limit":1000,"running_us":12}',
                    '[{"attempt":1,"status":"LOST"}]')""", runId);
        execute("""
                insert into task_instances (run_id, id, node_key, status, attempt, group_id, error_code, error_message)
                values (?, 2, 'merge', 'FAILED', 1, 'g2', 'TRAP', 'unreachable')""", runId);

        admin().get("/runs/" + runId + "/tasks")
                .then()
                .statusCode(200)
                .body("total", equalTo(2))
                .body("items.task_instance_id", contains(1, 2))
                .body("items[0].node", equalTo("count"))
                .body("items[0].index", equalTo(0))
                .body("items[0].status", equalTo("COMPLETED"))
                .body("items[0].attempt", equalTo(2))
                .body("items[0].group_id", equalTo("g1"))
                .body("items[0].inputs.n", equalTo(1))
                .body("items[0].output.words", equalTo(7))
                .body("items[0].error", nullValue())
                .body("items[0].fuel_used", equalTo(500))
                .body("items[0].peak_memory_bytes", equalTo(65536))
                .body("items[0].artifacts[0].path", equalTo("a.txt"))
                .body("items[0].artifacts[0].size_bytes", equalTo(3))
                .body("items[0].usage.fuel_limit", equalTo(1000))
                .body("items[1].artifacts", hasSize(0))
                .body("items[1].usage", nullValue())
                .body("items[1].error.code", equalTo("TRAP"))
                .body("items[1].error.message", equalTo("unreachable"));
        admin().get("/runs/" + runId + "/tasks?node=merge")
                .then()
                .body("total", equalTo(1))
                .body("items.task_instance_id", contains(2));
        admin().get("/runs/" + runId + "/tasks?node=none").then().body("total", equalTo(0));
        admin().queryParam("node", "\0").get("/runs/" + runId + "/tasks").then().statusCode(400);
        assertThat(admin().get("/runs/" + runId + "/tasks?page=1&size=1").asString())
                .doesNotContain("\"index\"");
        admin().get("/runs/" + runId)
                .then()
                .body("tasks.total", equalTo(2))
                .body("tasks.completed", equalTo(1))
                .body("tasks.failed", equalTo(1));
        Response logs = admin().get("/runs/" + runId + "/tasks/1/logs");
        logs.then().statusCode(200).contentType("text/plain");
        assertThat(logs.asString()).isEqualTo("warned");
        assertThat(admin().get("/runs/" + runId + "/tasks/2/logs").asString()).isEmpty();
        admin().get("/runs/" + runId + "/tasks/3/logs").then().statusCode(404).body("code", equalTo("task-not-found"));
        admin().get("/runs/" + runId + "/tasks/1/attempts")
                .then()
                .statusCode(200)
                .body("total", equalTo(2))
                .body("items.attempt", contains(1, 2))
                .body("items.status", contains("LOST", "COMPLETED"))
                .body("items[1].usage.running_us", equalTo(12))
                .body("items[1].fuel_used", equalTo(500))
                .body("items[1].finished_at", matchesPattern("....-..-..T..:..:..\\.[0-9]{6}Z"));
        admin().get("/runs/" + runId + "/tasks/2/attempts")
                .then()
                .body("items", hasSize(1))
                .body("items[0].error.code", equalTo("TRAP"));
        admin().get("/runs/" + runId + "/tasks/3/attempts")
                .then()
                .statusCode(404)
                .body("code", equalTo("task-not-found"));
        admin().get("/runs/nowhere/tasks").then().statusCode(404).body("code", equalTo("run-not-found"));
    }

    @Test
    void shouldCancelOnlyWhatHasNotEnded() throws SQLException {
        String runId = start(Registry.workflow(Registry.agent()), "{}").path("run_id");

        admin().post("/runs/" + runId + "/cancel").then().statusCode(202).body("run_id", equalTo(runId));
        admin().post("/runs/" + runId + "/cancel").then().statusCode(202);
        finish(runId, "CANCELLED", "null");

        admin().post("/runs/" + runId + "/cancel").then().statusCode(409).body("code", equalTo("run-finished"));
        admin().post("/runs/nowhere/cancel").then().statusCode(404).body("code", equalTo("run-not-found"));
    }

    @Test
    void shouldKeepLargeInputsAsAnArtifact() {
        String text = "x".repeat(100_000);
        String runId = start(Registry.workflow(Registry.agent()), "{\"inputs\":{\"text\":\"" + text + "\"}}")
                .path("run_id");
        String expected = "{\"text\":\"" + text + "\"}";

        String sha256 = admin().get("/runs/" + runId).then().extract().path("inputs.$artifact");

        assertThat(sha256).isEqualTo(Sha256.hex(expected.getBytes(StandardCharsets.UTF_8)));
        Response artifact = admin().get("/artifacts/" + sha256);
        artifact.then().statusCode(200).header("ETag", "\"sha256:" + sha256 + "\"");
        assertThat(artifact.asString()).isEqualTo(expected);
        assertThat(admin().header("Range", "bytes=2-5")
                        .get("/artifacts/" + sha256)
                        .asString())
                .isEqualTo("text");
        admin().get("/artifacts/" + "0".repeat(64)).then().statusCode(404).body("code", equalTo("artifact-not-found"));
        admin().get("/artifacts/..%2f..").then().statusCode(404);
    }

    private static Response start(String workflow, String body) {
        return post("/workflows/" + workflow + "/runs", body);
    }

    private void finish(String runId, String status, String output) throws SQLException {
        execute(
                "update workflow_runs set status = '" + status + "', output = '" + output
                        + "'::json, finished_at = now() where id = ?",
                runId);
    }

    private void execute(String sql, String runId) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, runId);
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }
    }
}
