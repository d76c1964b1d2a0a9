package dev.netbase.api.run.rest;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.post;
import static dev.netbase.api.testing.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class RepeatQuarkusTest {
    @Inject
    AgroalDataSource database;

    /** A run that has failed: one element of {@code fan} did, of {@code forgiving} too, and {@code after} never began. */
    private String failedRun() throws SQLException {
        String runId = post("/workflows/" + Registry.workflow(Registry.agent()) + "/runs", "{\"inputs\":{\"n\":1}}")
                .path("run_id");
        execute("""
                update workflow_runs set status = 'FAILED', error = '{"code":"TRAP"}', specs = '{"only":1}', version = 4,
                    started_at = now(), finished_at = now() where id = '$';
                insert into run_nodes (run_id, node_key, status, total, on_element_failure) values
                    ('$', 'fan', 'STOPPING', 3, 'fail_fast'), ('$', 'forgiving', 'DISPATCHED', 2, 'continue'),
                    ('$', 'broken', 'DISPATCHED', 1, null), ('$', 'after', 'CANCELLED', 0, null),
                    ('$', 'skipped', 'SKIPPED', 0, null);
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, losses, group_id, inputs,
                    output, error_code) values
                    ('$', 1, 'fan', 0, 'COMPLETED', 1, 0, 'g', '{}', '"one"', null),
                    ('$', 2, 'fan', 1, 'FAILED', 3, 1, 'g', '{}', null, 'TRAP'),
                    ('$', 3, 'fan', 2, 'CANCELLED', 1, 0, 'g', '{}', null, 'CANCELLED'),
                    ('$', 4, 'forgiving', 0, 'FAILED', 1, 0, 'g', '{}', null, 'TRAP'),
                    ('$', 5, 'forgiving', 1, 'COMPLETED', 1, 0, 'g', '{}', '"five"', null),
                    ('$', 6, 'broken', null, 'FAILED', 1, 0, null, null, null, 'INVALID_EXPRESSION'),
                    ('$', 7, 'after', null, 'CANCELLED', 0, 0, null, null, null, 'UPSTREAM_FAILED'),
                    ('$', 8, 'skipped', null, 'SKIPPED', 0, 0, null, null, null, null)""".replace("$", runId));
        return runId;
    }

    @Test
    void shouldMakeAFailedRunGoOnFromWhatDidNotComplete() throws SQLException {
        String runId = failedRun();

        post("/runs/" + runId + "/retry", "")
                .then()
                .statusCode(202)
                .body("run_id", equalTo(runId))
                .body("status", equalTo("RUNNING"));

        admin().get("/runs/" + runId)
                .then()
                .body("status", equalTo("RUNNING"))
                .body("error", nullValue())
                .body("finished_at", nullValue());
        assertThat(query(
                        "select string_agg(id || ' ' || status || ' ' || attempt, ', ' order by id) from task_instances"
                                + " where run_id = '" + runId + "'"))
                .isEqualTo("1 COMPLETED 1, 2 PENDING 4, 3 PENDING 2, 4 FAILED 1, 5 COMPLETED 1, 8 SKIPPED 0");
        assertThat(query("select string_agg(node_key || ' ' || status, ', ' order by node_key) from run_nodes"
                        + " where run_id = '" + runId + "'"))
                .isEqualTo("fan DISPATCHED, forgiving DISPATCHED, skipped SKIPPED");
        assertThat(query("select forgiven || ' ' || losses || ' ' || (retry_at <= now()) from task_instances"
                        + " where run_id = '" + runId + "' and id = 2"))
                .isEqualTo("3 0 true");
        assertThat(query("select version || ' ' || retries from workflow_runs where id = '" + runId + "'"))
                .isEqualTo("5 1");
    }

    @Test
    void shouldRetryOnceHoweverManyAskAtOnce() throws Exception {
        String runId = failedRun();
        List<Callable<Integer>> callers = IntStream.range(0, 6)
                .<Callable<Integer>>mapToObj(
                        i -> () -> post("/runs/" + runId + "/retry", "").statusCode())
                .toList();

        List<Integer> statuses;
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            statuses = threads.invokeAll(callers).stream()
                    .map(future -> future.resultNow())
                    .sorted()
                    .toList();
        }

        assertThat(statuses).containsExactly(202, 409, 409, 409, 409, 409);
        assertThat(query("select attempt from task_instances where run_id = '" + runId + "' and id = 2"))
                .isEqualTo("4");
    }

    @Test
    void shouldRefuseToRetryWhatHasNotFailedOrIsAPart() throws SQLException {
        String running = post("/workflows/" + Registry.workflow(Registry.agent()) + "/runs", "{}")
                .path("run_id");
        post("/runs/" + running + "/retry", "")
                .then()
                .statusCode(409)
                .body("code", equalTo("run-not-retryable"))
                .body("detail", containsString("PENDING"));
        String child = failedRun();
        execute("update workflow_runs set parent_run_id = 'p', parent_task_id = 1, parent_attempt = 1 where id = '"
                + child + "'");
        post("/runs/" + child + "/retry", "").then().statusCode(409).body("detail", containsString("'p'"));
        post("/runs/nowhere/retry", "").then().statusCode(404).body("code", equalTo("run-not-found"));
    }

    @Test
    void shouldListWhatIsPartOfARunAndShowWhatWaits() throws SQLException {
        String parent = failedRun();
        String child = failedRun();
        execute("update workflow_runs set parent_run_id = '" + parent + "' where id = '" + child + "';"
                + "update task_instances set child_run_id = '" + child + "' where run_id = '" + parent
                + "' and id = 3");
        post("/runs/" + parent + "/retry", "").then().statusCode(202);

        admin().get("/runs?parent=" + parent)
                .then()
                .body("total", equalTo(1))
                .body("items[0].run_id", equalTo(child))
                .body("items[0].parent_run_id", equalTo(parent));
        admin().get("/runs/" + parent).then().body("retries", equalTo(1)).body("parent_run_id", nullValue());
        admin().get("/runs/" + parent + "/tasks")
                .then()
                .body("items[1].status", equalTo("PENDING"))
                .body("items[1].next_attempt_at", matchesPattern(".*Z"))
                .body("items[1].error.code", equalTo("TRAP"))
                .body("items[2].child_run_id", equalTo(child));
        admin().get("/runs/" + parent + "/nodes").then().statusCode(200);
    }

    @Test
    void shouldBeginAnewARunThatHadFixedNothing() throws SQLException {
        String runId = post("/workflows/" + Registry.workflow(Registry.agent()) + "/runs", "{}")
                .path("run_id");
        execute("update workflow_runs set status = 'FAILED', specs = '{}', finished_at = now() where id = '" + runId
                + "'");

        post("/runs/" + runId + "/retry", "").then().statusCode(202).body("status", equalTo("PENDING"));
    }

    @Test
    void shouldRunAgainWithTheSameInputsAndPinnedVersionsOnRequest() throws SQLException {
        String origin = failedRun();

        String again = rerun(origin, "{}")
                .then()
                .statusCode(202)
                .body("rerun_of", equalTo(origin))
                .extract()
                .path("run_id");
        String exact = rerun(origin, "{\"exact\":true}")
                .then()
                .statusCode(202)
                .body("exact", equalTo(true))
                .body("status", equalTo("PENDING"))
                .extract()
                .path("run_id");

        admin().get("/runs/" + again)
                .then()
                .body("inputs.n", equalTo(1))
                .body("trigger.type", equalTo("rerun"))
                .body("trigger.run_id", equalTo(origin))
                .body("trigger.exact", equalTo(false));
        assertThat(query("select string_agg(coalesce(specs::text, 'none'), ' ' order by exact) from workflow_runs"
                        + " where rerun_of = '" + origin + "'"))
                .isEqualTo("none {\"only\":1}");
        rerun(exact, "{\"exact\":true}").then().statusCode(202);
        rerun(again, "{\"exact\":true}").then().statusCode(409).body("code", equalTo("run-not-started"));
        rerun("nowhere", "{}").then().statusCode(404);
        rerun(origin, "{\"exactly\":true}").then().statusCode(400);
    }

    private static Response rerun(String runId, String body) {
        return post("/runs/" + runId + "/rerun", body);
    }

    @Test
    void shouldReportWhatAnExactRerunGaveOtherwise() throws SQLException {
        String origin = failedRun();
        String again = rerun(origin, "{\"exact\":true}").path("run_id");
        execute("""
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, inputs, output) values
                    ('$', 11, 'fan', 0, 'COMPLETED', 1, '{}', '"one"'),
                    ('$', 12, 'fan', 1, 'COMPLETED', 1, '{}', '"two"'),
                    ('$', 15, 'forgiving', 1, 'COMPLETED', 1, '{}', '"other"'),
                    ('$', 18, 'skipped', null, 'SKIPPED', 0, null, null)""".replace("$", again));

        admin().get("/runs/" + again + "/differences")
                .then()
                .statusCode(200)
                .body("rerun_of", equalTo(origin))
                .body("complete", equalTo(false))
                .body("output_differs", equalTo(false))
                .body("total", equalTo(6))
                .body("items.node", contains("after", "broken", "fan", "fan", "forgiving", "forgiving"))
                .body("items[2].index", equalTo(1))
                .body("items[2].task.output_sha256", equalTo(sha256("\"two\"")))
                .body("items[2].origin.status", equalTo("FAILED"))
                .body("items[3].task", nullValue())
                .body("items[5].task.output_sha256", equalTo(sha256("\"other\"")))
                .body("items[5].origin.output_sha256", equalTo(sha256("\"five\"")));
        admin().get("/runs/" + again + "/differences?size=1&page=1").then().body("items", hasSize(1));
        admin().get("/runs/" + origin + "/differences").then().statusCode(409).body("code", equalTo("run-not-a-rerun"));
        admin().get("/runs/nowhere/differences").then().statusCode(404);
    }

    @Test
    void shouldShowWhatARunWasMadeOf() throws SQLException {
        String runId = failedRun();
        int file = Registry.module();
        String sub = Registry.workflow(Registry.agent());
        String digest = "9".repeat(64);
        execute("""
                insert into task_specs (id, digest, agent_id, agent_type, asset_file_id, config)
                    values (900000, '%s', 5, 'WASM', %d, '{"limits":{"fuel":7}}');
                update workflow_runs set output = '{"$artifact":"%s"}', specs = json_build_object('a', 900000, 'b',
                    json_build_object('workflow_id', (select id from workflows where name = '%s'), 'version', 1))
                    where id = '%s';
                insert into worker_engines (worker_id, epoch, engine) values ('w', 3, 'wasmtime/1');
                update task_instances set worker_id = 'w', worker_epoch = 3, timeout_ms = 250
                    where run_id = '%s' and id = 1""".formatted(unique("digest"), file, digest, sub, runId, runId));

        admin().get("/runs/" + runId + "/provenance")
                .then()
                .statusCode(200)
                .body("trigger.type", equalTo("http"))
                .body("inputs_sha256", equalTo(sha256("{\"n\":1}")))
                .body("output_sha256", equalTo(digest))
                .body("engines", contains("wasmtime/1"))
                .body("nodes.node", contains("a", "b"))
                .body("nodes[0].asset_file_id", equalTo(file))
                .body("nodes[0].relative_path", equalTo("bin/echo.wasm"))
                .body("nodes[0].package_version", equalTo("1.0.0"))
                .body("nodes[0].sha256.length()", equalTo(64))
                .body("nodes[0].config.limits.fuel", equalTo(7))
                .body("nodes[0].memory_limit_bytes", equalTo(64 << 20))
                .body("nodes[1].workflow", equalTo(sub))
                .body("nodes[1].version", equalTo(1));
        admin().get("/runs/" + runId + "/provenance/tasks")
                .then()
                .statusCode(200)
                .body("total", equalTo(8))
                .body("items[0].inputs_sha256", equalTo(sha256("{}")))
                .body("items[0].output_sha256", equalTo(sha256("\"one\"")))
                .body("items[0].engine", equalTo("wasmtime/1"))
                .body("items[0].timeout_ms", equalTo(250))
                .body("items[1].output_sha256", nullValue());
        admin().get("/runs/nowhere/provenance").then().statusCode(404);
        admin().get("/runs/nowhere/provenance/tasks").then().statusCode(404);
    }

    private static String sha256(String json) {
        return Sha256.hex(json.getBytes(StandardCharsets.UTF_8));
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private String query(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
