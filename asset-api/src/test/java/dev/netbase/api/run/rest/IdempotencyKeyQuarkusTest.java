package dev.netbase.api.run.rest;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.post;
import static dev.netbase.api.testing.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.not;

import dev.netbase.api.testing.Registry;
import dev.netbase.api.testing.ServiceEnvironment;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** One request, sent as often as one likes, starts one run. */
@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class IdempotencyKeyQuarkusTest {
    private static final String KEY = "order-4711";

    @Inject
    AgroalDataSource database;

    @Test
    void shouldStartOneRunUnderOneKey() throws Exception {
        String workflow = Registry.workflow(Registry.agent());

        List<String> runIds = eightAtOnce(() -> start(workflow, KEY, "{\"inputs\":{\"a\":1,\"b\":2}}"));

        assertThat(runIds).containsOnly(runIds.getFirst());
        admin().get("/runs?workflow=" + workflow).then().body("total", equalTo(1));
        execute(
                "update workflow_runs set status = 'COMPLETED', output = '7', finished_at = now() where id = ?",
                runIds.getFirst());
        start(workflow, KEY, "{ \"inputs\": {\"b\": 2, \"a\": 1} }")
                .then()
                .statusCode(202)
                .body("run_id", equalTo(runIds.getFirst()))
                .body("status", equalTo("COMPLETED"));
        start(workflow, KEY, "{\"inputs\":{\"a\":2}}")
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency-key-reused"));
        start(Registry.workflow(Registry.agent()), KEY, "{}").then().statusCode(202);
        start(workflow, "a b", "{}").then().statusCode(400).body("errors.field", contains("Idempotency-Key"));
    }

    @Test
    void shouldStayAnsweredThoughALaterVersionWouldRefuseTheInputs() {
        String agent = Registry.agent();
        String workflow = Registry.workflow(agent);
        String runId = start(workflow, KEY, "{\"inputs\":{\"n\":1}}").path("run_id");
        String strict = "{\"definition\":{\"input_schema\":{\"type\":\"object\",\"required\":[\"text\"]},"
                + Registry.oneNode(agent).substring(1) + "}";
        admin().contentType(ContentType.JSON)
                .body(strict)
                .put("/workflows/" + workflow)
                .then()
                .statusCode(200);

        start(workflow, KEY, "{\"inputs\":{\"n\":1}}").then().statusCode(202).body("run_id", equalTo(runId));
        start(workflow, KEY, "{\"inputs\":{\"n\":2}}")
                .then()
                .statusCode(422)
                .body("code", equalTo("idempotency-key-reused"));
        start(workflow, "another", "{\"inputs\":{\"n\":1}}")
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-inputs"));
    }

    @Test
    void shouldRunAgainOnceUnderOneKey() throws Exception {
        String workflow = Registry.workflow(Registry.agent());
        String origin = post("/workflows/" + workflow + "/runs", "{}").path("run_id");
        String other = post("/workflows/" + workflow + "/runs", "{}").path("run_id");

        List<String> runIds = eightAtOnce(() -> rerun(origin, KEY, "{}"));

        assertThat(runIds).containsOnly(runIds.getFirst()).doesNotContain(origin);
        execute("update workflow_runs set status = 'RUNNING', specs = '{\"only\":1}' where id = ?", runIds.getFirst());
        rerun(origin, KEY, "{\"exact\":false}")
                .then()
                .statusCode(202)
                .body("run_id", equalTo(runIds.getFirst()))
                .body("status", equalTo("RUNNING"))
                .body("rerun_of", equalTo(origin));
        rerun(origin, unique("key"), "{}").then().statusCode(202).body("run_id", not(equalTo(runIds.getFirst())));
        rerun(other, KEY, "{}").then().statusCode(422).body("code", equalTo("idempotency-key-reused"));
        rerun(origin, KEY, "{\"exact\":true}").then().statusCode(422).body("code", equalTo("idempotency-key-reused"));
        start(workflow, KEY, "{}").then().statusCode(422).body("code", equalTo("idempotency-key-reused"));
        rerun(origin, "a b", "{}").then().statusCode(400).body("errors.field", contains("Idempotency-Key"));
        rerun("nowhere", KEY, "{}").then().statusCode(404).body("code", equalTo("run-not-found"));
    }

    @Test
    void shouldLeaveTheKeyToALaterTryWhereNothingCouldBeRepeated() throws SQLException {
        String origin = post("/workflows/" + Registry.workflow(Registry.agent()) + "/runs", "{}")
                .path("run_id");
        rerun(origin, KEY, "{\"exact\":true}").then().statusCode(409).body("code", equalTo("run-not-started"));
        execute("update workflow_runs set specs = '{\"only\":1}' where id = ?", origin);

        rerun(origin, KEY, "{\"exact\":true}").then().statusCode(202).body("exact", equalTo(true));
    }

    private static List<String> eightAtOnce(Supplier<Response> request) throws InterruptedException {
        List<Callable<String>> callers = IntStream.range(0, 8)
                .<Callable<String>>mapToObj(i ->
                        () -> request.get().then().statusCode(202).extract().path("run_id"))
                .toList();
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            return threads.invokeAll(callers).stream()
                    .map(future -> future.resultNow())
                    .toList();
        }
    }

    private static Response start(String workflow, String key, String body) {
        return admin().contentType(ContentType.JSON)
                .header("Idempotency-Key", key)
                .body(body)
                .post("/workflows/" + workflow + "/runs");
    }

    private static Response rerun(String runId, String key, String body) {
        return admin().contentType(ContentType.JSON)
                .header("Idempotency-Key", key)
                .body(body)
                .post("/runs/" + runId + "/rerun");
    }

    private void execute(String sql, String runId) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setString(1, runId);
            assertThat(statement.executeUpdate()).isEqualTo(1);
        }
    }
}
