package dev.netbase.api.schedule.rest;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.post;
import static dev.netbase.api.testing.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;
import static org.hamcrest.Matchers.nullValue;

import dev.netbase.api.testing.Registry;
import dev.netbase.api.testing.ServiceEnvironment;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class ScheduleQuarkusTest {
    @Test
    void shouldMakeChangeAndRemoveASchedule() {
        String workflow = Registry.workflow(Registry.agent());
        String name = unique("nightly");

        Response made = post("/schedules", """
                {"name":"%s","workflow":"%s","cron":"30 2 * * *","time_zone":"Europe/Berlin","inputs":{"n":1.50},
                 "catch_up":"one","overlap":"queue","priority":3}""".formatted(name, workflow));

        made.then()
                .statusCode(201)
                .body("name", equalTo(name))
                .body("workflow", equalTo(workflow))
                .body("catch_up", equalTo("one"))
                .body("overlap", equalTo("queue"))
                .body("priority", equalTo(3))
                .body("version", nullValue())
                .body("last_run_id", nullValue())
                .body("paused", equalTo(false));
        assertThat(made.asString()).contains("\"inputs\":{\"n\":1.50}");
        OffsetDateTime next = OffsetDateTime.parse(made.path("next_at"));
        assertThat(next).isAfter(OffsetDateTime.now());
        assertThat(next.atZoneSameInstant(ZoneId.of("Europe/Berlin")).getMinute())
                .isIn(30, 0);
        String path = "/schedules/" + made.<Integer>path("id");

        patch(path, "{\"paused\":true}").then().statusCode(200).body("next_at", nullValue());
        patch(path, "{\"paused\":false,\"cron\":\"0 12 * * *\",\"time_zone\":\"UTC\"}")
                .then()
                .statusCode(200)
                .body("cron", equalTo("0 12 * * *"))
                .body("catch_up", equalTo("one"));
        assertThat(OffsetDateTime.parse(admin().get(path).path("next_at")).getHour())
                .isEqualTo(12);
        admin().get("/schedules?workflow=" + workflow).then().body("items.name", contains(name));
        admin().get(path + "/ticks").then().statusCode(200).body("items", hasSize(0));
        post("/schedules", "{\"name\":\"%s\",\"workflow\":\"%s\",\"cron\":\"* * * * *\"}".formatted(name, workflow))
                .then()
                .statusCode(409)
                .body("code", equalTo("schedule-name-taken"));

        admin().delete(path).then().statusCode(204);
        admin().delete(path).then().statusCode(404).body("code", equalTo("schedule-not-found"));
        admin().get(path).then().statusCode(404);
        admin().get(path + "/ticks").then().statusCode(404);
        admin().get("/schedules/x").then().statusCode(404);
    }

    @Test
    void shouldRefuseASchedulesThatCannotBe() {
        String workflow = Registry.workflow(Registry.agent());
        refused(workflow, "\"cron\":\"* * *\"", "cron");
        refused(workflow, "\"cron\":\"0 0 31 2 *\"", "cron");
        refused(workflow, "\"cron\":\"* * * * *\",\"time_zone\":\"Mars/Olympus\"", "time_zone");
        refused(workflow, "\"cron\":\"* * * * *\",\"catch_up\":\"some\"", "catch_up");
        refused(workflow, "\"cron\":\"* * * * *\",\"overlap\":\"SKIP\"", "overlap");
        refused(workflow, "\"cron\":\"* * * * *\",\"version\":9", "version");
        refused("nobody", "\"cron\":\"* * * * *\"", "workflow");
    }

    @Test
    void shouldCheckItsInputsAgainstTheWorkflowsSchema() {
        String workflow = unique("workflow");
        post("/workflows", """
                {"name":"%s","definition":{"nodes":[{"key":"only","agent":"%s"}],
                 "input_schema":{"required":["text"]}}}""".formatted(workflow, Registry.agent())).then().statusCode(201);

        schedule(workflow, "\"cron\":\"* * * * *\"")
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-inputs"))
                .body("errors.field", contains("inputs.text"));
    }

    private static void refused(String workflow, String rest, String field) {
        schedule(workflow, rest)
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-schedule"))
                .body("errors.field", contains(field));
    }

    private static Response schedule(String workflow, String rest) {
        return post("/schedules", "{\"name\":\"%s\",\"workflow\":\"%s\",%s}".formatted(unique("s"), workflow, rest));
    }

    private static Response patch(String path, String body) {
        return admin().contentType(ContentType.JSON).body(body).patch(path);
    }
}
