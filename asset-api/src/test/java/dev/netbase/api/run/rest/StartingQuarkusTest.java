package dev.netbase.api.run.rest;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.post;
import static dev.netbase.api.testing.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.nullValue;
import static org.hamcrest.Matchers.startsWith;

import dev.netbase.api.testing.Registry;
import dev.netbase.api.testing.ServiceEnvironment;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** What decides whether, when and in which order runs start. */
@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class StartingQuarkusTest {
    @Inject
    AgroalDataSource database;

    @Test
    void shouldCheckInputsAtTheDoor() {
        String workflow = workflow("""
                ,"input_schema":{"type":"object","required":["text"],"properties":{"text":{"type":"string"}}}""");

        start(workflow, "{\"inputs\":{\"text\":\"a\"}}").then().statusCode(202);
        start(workflow, "{\"inputs\":{\"text\":7}}")
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-inputs"))
                .body("errors.field", contains("inputs.text"));
        start(workflow, "{}").then().statusCode(422).body("errors.field", contains("inputs.text"));
        admin().get("/runs?workflow=" + workflow).then().body("total", equalTo(1));
    }

    @Test
    void shouldRefuseSettingsThatCannotBe() {
        refused(",\"input_schema\":{\"type\":\"objekt\"}", "definition.input_schema.type");
        refused(",\"input_schema\":{\"$ref\":\"https://example.com/s.json\"}", "definition.input_schema");
        refused(",\"priority\":101", "definition.priority");
        refused(",\"concurrency\":{\"max_runs\":0}", "definition.concurrency.max_runs");
        refused(",\"concurrency\":{\"runs\":1}", "definition.concurrency.runs");
        refused(",\"on_complete\":{\"url\":\"https://evil.example.net/\"}", "definition.on_complete.url");
        refused(",\"on_failure\":{\"url\":\"gopher://a.example.com/\"}", "definition.on_failure.url");
        refused(",\"on_failure\":{\"url\":\"https://user@a.example.com/\"}", "definition.on_failure.url");
        workflow(
                ",\"on_complete\":{\"url\":\"https://a.example.com/hook\"},\"on_failure\":{\"url\":\"http://127.0.0.1:9000/\"}");
    }

    private static void refused(String settings, String field) {
        define(unique("workflow"), settings)
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-definition"))
                .body("errors[0].field", startsWith(field));
    }

    @Test
    void shouldGiveRunsTheirPriority() {
        String workflow = workflow(",\"priority\":7");
        String own = start(workflow, "{}").path("run_id");
        String given = start(workflow, "{\"priority\":-3}").path("run_id");

        admin().get("/runs/" + own).then().body("priority", equalTo(7));
        admin().get("/runs/" + given).then().body("priority", equalTo(-3));
        start(workflow, "{\"priority\":101}")
                .then()
                .statusCode(400)
                .body("errors.field", contains("priority"))
                .body("errors[0].message", containsString("-100"));
    }

    @Test
    void shouldLetRunsOfAPausedOrLimitedWorkflowWait() throws SQLException {
        String workflow = workflow("");
        String before = start(workflow, "{}").path("run_id");

        admin().post("/workflows/" + workflow + "/pause").then().statusCode(200).body("paused", equalTo(true));
        String paused = start(workflow, "{}")
                .then()
                .statusCode(202)
                .body("status", equalTo("PENDING"))
                .extract()
                .path("run_id");
        admin().post("/workflows/" + workflow + "/resume")
                .then()
                .statusCode(200)
                .body("paused", equalTo(false));
        String after = start(workflow, "{}").path("run_id");
        admin().contentType(ContentType.JSON)
                .body("{\"definition\":" + definition(",\"concurrency\":{\"max_runs\":2}") + "}")
                .put("/workflows/" + workflow)
                .then()
                .statusCode(200);
        String limited = start(workflow, "{}").path("run_id");

        assertThat(value("select held from workflow_runs where id = '" + before + "'"))
                .isEqualTo("f");
        assertThat(value("select held from workflow_runs where id = '" + paused + "'"))
                .isEqualTo("t");
        assertThat(value("select check_at from workflow_runs where id = '" + paused + "'"))
                .isEqualTo("infinity");
        assertThat(value("select held from workflow_runs where id = '" + after + "'"))
                .isEqualTo("f");
        assertThat(value("select held from workflow_runs where id = '" + limited + "'"))
                .isEqualTo("t");
        admin().get("/workflows/" + workflow).then().body("paused", equalTo(false));
        admin().post("/workflows/nobody/pause").then().statusCode(404).body("code", equalTo("workflow-not-found"));
    }

    @Test
    void shouldShowWhoWasToldOfARunsEnd() throws SQLException {
        String workflow = workflow(",\"on_complete\":{\"url\":\"https://a.example.com/hook\"}");
        String runId = start(workflow, "{}").path("run_id");
        assertThat(value("select notify from workflow_runs where id = '" + runId + "'"))
                .isEqualTo("t");
        value("""
                insert into webhook_deliveries (id, run_id, url, body, attempts, error)
                values ('m-%1$s', '%1$s', 'https://a.example.com/hook', '{}', 2, 'it answered with the status 500')
                returning id""".formatted(runId));

        admin().get("/runs/" + runId + "/webhooks")
                .then()
                .statusCode(200)
                .body("total", equalTo(1))
                .body("items[0].url", equalTo("https://a.example.com/hook"))
                .body("items[0].attempts", equalTo(2))
                .body("items[0].error", containsString("500"))
                .body("items[0].delivered_at", nullValue());
        admin().get("/runs/nowhere/webhooks").then().statusCode(404).body("code", equalTo("run-not-found"));
    }

    private static String workflow(String settings) {
        String name = unique("workflow");
        define(name, settings).then().statusCode(201);
        return name;
    }

    private static Response define(String name, String settings) {
        return post("/workflows", "{\"name\":\"%s\",\"definition\":%s}".formatted(name, definition(settings)));
    }

    private static String definition(String settings) {
        return "{\"nodes\":[{\"key\":\"only\",\"agent\":\"%s\"}]%s}".formatted(Registry.agent(), settings);
    }

    private static Response start(String workflow, String body) {
        return post("/workflows/" + workflow + "/runs", body);
    }

    private String value(String sql) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            assertThat(rows.next()).isTrue();
            return rows.getString(1);
        }
    }
}
