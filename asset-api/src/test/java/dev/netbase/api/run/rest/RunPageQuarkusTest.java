package dev.netbase.api.run.rest;

import static dev.netbase.api.testing.Api.post;
import static dev.netbase.api.testing.Api.unique;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.netbase.api.testing.Browser;
import dev.netbase.api.testing.Registry;
import dev.netbase.api.testing.ServiceEnvironment;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The run's page as a person uses it: in a browser, with a token, over the real API and database. */
@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class RunPageQuarkusTest {
    private static final String HOSTILE = "</pre><script>alert('guest')</script><img src=x onerror=alert('guest')>";

    @Inject
    AgroalDataSource database;

    @Test
    void shouldShowWhatEveryAttemptUsed() throws SQLException {
        String runId = start("count");
        String spec = unique("digest");
        execute("""
                insert into task_specs (id, digest, agent_id, agent_type, asset_file_id, config)
                values ((select coalesce(max(id), 0) + 1 from task_specs), ?, 5, 'WASM', ?::bigint,
                    '{"limits":{"memory_bytes":2097152}}')""", spec, String.valueOf(Registry.module()));
        execute("""
                update workflow_runs set status = 'COMPLETED', output = '{"words":7}', finished_at = now(),
                    specs = json_build_object('count', (select id from task_specs where digest = ?)) where id = ?""", spec, runId);
        execute("insert into run_nodes (run_id, node_key, status, total) values (?, 'count', 'DISPATCHED', 1)", runId);
        execute("""
                insert into task_instances (run_id, id, node_key, status, attempt, group_id, worker_id, inputs, output, stderr,
                    fuel_used, peak_memory_bytes, queued_at, started_at, finished_at, usage, artifacts, attempts)
                values (?, 1, 'count', 'COMPLETED', 2, 'g1', 'worker-7', '{"n":1}', '{"words":12345678901234567890}', 'warned',
                    2500000, 1048576, '2026-01-01T00:00:00Z', '2026-01-01T00:00:01Z', '2026-01-01T00:00:03.5Z',
                    '{"fuel_limit":10000000,"input_bytes":7,"output_bytes":1536,"workspace_bytes":3145728,"queued_us":250,
                      "loading_us":1500,"instantiating_us":40,"running_us":2400000}',
                    '[{"path":"out/a.txt","sha256":"%s","size_bytes":3}]',
                    '[{"attempt":1,"status":"FAILED","error":{"code":"OUT_OF_FUEL","message":"all fuel consumed"},
                       "worker_id":"worker-6","fuel_used":10000000,"peak_memory_bytes":65536,
                       "usage":{"fuel_limit":10000000,"input_bytes":7,"output_bytes":0,"workspace_bytes":0,"queued_us":90,
                         "loading_us":0,"instantiating_us":50,"running_us":700000}}]')""".formatted("a".repeat(64)), runId);

        try (Browser browser = new Browser("/runs/" + runId)) {
            browser.enter(ServiceEnvironment.TOKEN).click("count").sees("OUT_OF_FUEL");

            assertThat(browser.row("Nodes", "count"))
                    .containsEntry("Status", "COMPLETED")
                    .containsEntry("Tasks", "1: 1 completed")
                    .containsEntry("Took", "2.5 s")
                    .containsEntry("Executes", "WASM bin/echo.wasm 1.0.0");
            assertThat(browser.row("Attempts", "1"))
                    .containsEntry("Status", "FAILED")
                    .containsEntry("Fuel used of limit", "10,000,000 of 10,000,000 (100 %)")
                    .containsEntry("Error", "OUT_OF_FUEL: all fuel consumed");
            assertThat(browser.row("Attempts", "2"))
                    .containsAllEntriesOf(Map.of(
                            "Status", "COMPLETED",
                            "Fuel used of limit", "2,500,000 of 10,000,000 (25 %)",
                            "Peak memory of limit", "1 MiB of 2 MiB (50 %)",
                            "Bytes in", "7 B",
                            "Bytes out", "1.5 KiB",
                            "Workspace", "3 MiB",
                            "Where the time went", "queued 250 µs, loading 1.5 ms, instantiating 40 µs, running 2.4 s",
                            "Finished", "2026-01-01 00:00:03.500",
                            "Worker", "worker-7"));
            browser.click("Read the logs (stderr of the current attempt)").sees("warned");
            assertThat(browser.text()).contains("out/a.txt, 3 B", "\"words\"", "The run has ended.");
            browser.go("/runs");
            browser.sees(runId);
            assertThat(browser.addresses()).noneMatch(address -> address.contains(ServiceEnvironment.TOKEN));
        }
    }

    @Test
    void shouldShowTheWordsOfGuestsAsText() throws SQLException {
        String runId = start("__proto__");
        execute(
                "insert into run_nodes (run_id, node_key, status, total) values (?, '__proto__', 'DISPATCHED', 1)",
                runId);
        execute("""
                insert into task_instances (run_id, id, node_key, status, attempt, group_id, output, stderr, error_code,
                    error_message, started_at, finished_at, artifacts)
                values (?, 1, '__proto__', 'FAILED', 1, 'g', to_json(?::text), convert_to(?, 'UTF8'), 'EXIT_CODE', ?, now(), now(),
                    json_build_array(json_build_object('path', ?::text, 'sha256', 'javascript:alert(1)', 'size_bytes', 1)))""", runId, HOSTILE + "output", HOSTILE + "stderr", HOSTILE + "message", HOSTILE + "path");
        execute("""
                update workflow_runs set status = 'FAILED', finished_at = now(),
                    error = json_build_object('code', 'EXIT_CODE', 'message', ?::text) where id = ?""", HOSTILE + "run", runId);

        try (Browser browser = new Browser("/runs/" + runId)) {
            browser.enter(ServiceEnvironment.TOKEN)
                    .click("__proto__")
                    .click("Read the logs (stderr of the current attempt)")
                    .sees(HOSTILE + "stderr");

            assertThat(browser.text())
                    .contains(HOSTILE + "run", HOSTILE + "message", HOSTILE + "output", HOSTILE + "path");
            assertThat(browser.all("#content script, #content img")).isEmpty();
            assertThat(browser.alerts()).isEmpty();
        }
    }

    @Test
    void shouldShowTheTasksOfANodeAPageAtATime() throws SQLException {
        String runId = start("fan");
        execute("insert into run_nodes (run_id, node_key, status, total) values (?, 'fan', 'DISPATCHED', 45)", runId);
        execute("""
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, group_id)
                select ?, i, case when i <= 5 then 'before' else 'fan' end, (i - 6) %% 45, 'RUNNING', 1, 'g'
                from generate_series(1, 50) i""".replace("%%", "%"), runId);
        execute("update workflow_runs set status = 'CANCELLED', finished_at = now() where id = ?", runId);

        try (Browser browser = new Browser("/runs/" + runId)) {
            browser.enter(ServiceEnvironment.TOKEN).click("fan").sees("1 to 20 of 45");
            assertThat(browser.text())
                    .contains("Task 6, element 0", "Task 25, element 19")
                    .doesNotContain("Task 5,", "Task 26,");
            browser.click("Next").sees("21 to 40 of 45").click("Next").sees("41 to 45 of 45");

            assertThat(browser.text())
                    .contains("Task 46, element 40", "Task 50, element 44")
                    .doesNotContain("Task 45,");
        }
    }

    @Test
    void shouldShowTheEndOfARunThatItFollows() throws SQLException {
        String runId = start("only");
        execute("update workflow_runs set status = 'RUNNING', started_at = now() where id = ?", runId);

        try (Browser browser = new Browser("/runs/" + runId)) {
            browser.enter(ServiceEnvironment.TOKEN).sees("RUNNING");
            execute(
                    "insert into run_nodes (run_id, node_key, status, total) values (?, 'only', 'DISPATCHED', 1)",
                    runId);
            execute("""
                    insert into task_instances (run_id, id, node_key, status, attempt, group_id, error_code, finished_at)
                    values (?, 1, 'only', 'FAILED', 1, 'g', 'TRAP', now())""", runId);
            execute("update workflow_runs set status = 'FAILED', finished_at = now() where id = ?", runId);

            browser.sees("The run has ended.").click("only").sees("Task 1");
            assertThat(browser.sent("Last-Event-ID", "/events", 2))
                    .as("comes back for what follows the last event it knows")
                    .hasSize(2)
                    .startsWith("")
                    .last()
                    .asString()
                    .matches("[1-9][0-9]*");
            assertThat(browser.row("Nodes", "only")).containsEntry("Status", "FAILED");
        }
    }

    @Test
    void shouldReadEventsInWhateverPiecesTheyCome() {
        try (Browser browser = new Browser("/runs")) {
            String told = browser.evaluate("""
                    var told = [];
                    var feed = netbase.stream.reader(event => told.push(event.id + event.name + event.data.n));
                    var stream = 'id: 1\\nevent: run\\ndata: {"n":7}\\n\\n:\\n\\n'
                        + 'id:2\\r\\nevent:task\\r\\ndata:{\\r\\ndata:"n":8}\\r\\n\\r\\nid: 3\\ndata: {"n":9}\\n';
                    stream.split('').forEach(piece => feed(piece));
                    told.join()""");

            assertThat(told).isEqualTo("1run7,2task8");
        }
    }

    @Test
    void shouldSayWhatIsWrongWithATokenAndForgetIt() throws SQLException {
        String runId = start("only");
        execute("update workflow_runs set status = 'CANCELLED', finished_at = now() where id = ?", runId);
        try (Browser browser = new Browser("/runs/" + runId)) {
            browser.enter("not-the-token").sees("This token was not accepted.");

            assertThat(browser.evaluate("sessionStorage.getItem('netbase-token')"))
                    .isEqualTo("null");
            assertThat(browser.text()).doesNotContain(runId);
            browser.enter(ServiceEnvironment.TOKEN).sees(runId);
            assertThat(browser.evaluate("localStorage.length + document.cookie"))
                    .isEqualTo("0");
            browser.click("Forget the token").sees("Bearer token");
            assertThat(browser.evaluate("sessionStorage.getItem('netbase-token')"))
                    .isEqualTo("null");
            assertThat(browser.text()).doesNotContain(runId);
        }
    }

    @Test
    void shouldSayThatThereIsNoSuchRun() {
        try (Browser browser = new Browser("/runs/nowhere%3Cb%3E")) {
            browser.enter(ServiceEnvironment.TOKEN).sees("There is no run nowhere<b> here.");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/runs", "/runs/some-run", "/runs/files/page.js", "/runs/files/page.css"})
    void shouldLetThePageDoNoMoreThanItNeeds(String path) {
        given().get(path)
                .then()
                .statusCode(200)
                .header(
                        "Content-Security-Policy",
                        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                                + " frame-ancestors 'none'; base-uri 'none'; form-action 'none'")
                .header("X-Content-Type-Options", "nosniff")
                .header("Referrer-Policy", "no-referrer")
                .header("Cache-Control", "no-cache");
        given().head(path).then().statusCode(200);
    }

    @Test
    void shouldOpenNothingElseWithoutAToken() {
        given().get("/runs/files/page.js").then().contentType(containsString("text/javascript"));
        given().get("/runs/files/page.css").then().contentType(containsString("text/css"));
        given().get("/runs/some-run").then().contentType(containsString("text/html"));
        for (String path : new String[] {"/page/index.html", "/runs/files/index.html", "/runs/a/b", "/"}) {
            given().get(path).then().statusCode(404).body("code", equalTo("not-found"));
        }
        given().post("/runs").then().statusCode(404);
        given().get("/api/v1/runs").then().statusCode(401);
        given().urlEncodingEnabled(false)
                .get("/runs/files/..%2fapplication.properties")
                .then()
                .statusCode(404);
    }

    private static String start(String node) {
        String workflow = unique("page");
        post("/workflows", """
                        {"name":"%s","definition":{"nodes":[{"key":"%s","agent":"%s"}]}}""".formatted(workflow, node, Registry.agent()))
                .then()
                .statusCode(201);
        return post("/workflows/" + workflow + "/runs", "{}").path("run_id");
    }

    private void execute(String sql, String... arguments) throws SQLException {
        try (Connection connection = database.getConnection();
                PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < arguments.length; i++) {
                statement.setString(i + 1, arguments[i]);
            }
            statement.execute();
        }
    }
}
