package dev.netbase.api.agent.rest;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.post;
import static dev.netbase.api.testing.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.netbase.api.testing.Registry;
import dev.netbase.api.testing.ServiceEnvironment;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class AgentQuarkusTest {
    @Test
    void shouldTakeItsTypeFromTheFile() {
        int module = Registry.module();
        String name = unique("resize");

        Response made = post("/agents", """
                {"name":"%s","asset_file_id":%d,"config":{"limits":{"fuel":5000},"inputs":{"ratio":1.10,"big":12345678901234567890}}}""".formatted(name, module));

        made.then()
                .statusCode(201)
                .body("name", equalTo(name))
                .body("agent_type", equalTo("WASM"))
                .body("asset_file_id", equalTo(module))
                .body("config.limits.fuel", equalTo(5000));
        int id = made.path("id");
        assertThat(admin().get("/agents/" + id).asString())
                .contains("\"ratio\":1.10")
                .contains("\"big\":12345678901234567890");
        define(Registry.file("Dockerfile", bytes("FROM scratch"))).then().body("agent_type", equalTo("CONTAINER"));
        define(Registry.file("a.sql", bytes("select 1"))).then().body("agent_type", equalTo("SQL"));
    }

    @Test
    void shouldRefuseWhatCannotBeAnAgent() {
        define(Registry.file("README.md", bytes("# no")))
                .then()
                .statusCode(422)
                .contentType("application/problem+json")
                .body("code", equalTo("not-executable"));
        define(999_999_999).then().statusCode(404).body("code", equalTo("file-not-found"));
        post("/agents", "{\"name\":\"a\"}").then().statusCode(400).body("errors.field", contains("asset_file_id"));
        post("/agents", "{\"name\":\"a\",\"asset_file_id\":\"7\"}")
                .then()
                .statusCode(400)
                .body("errors.field", contains("asset_file_id"));
        post("/agents", "{\"name\":\"a\",\"asset_file_id\":7,\"config\":[]}")
                .then()
                .statusCode(400)
                .body("errors.field", contains("config"));
    }

    @Test
    void shouldRefuseLimitsOverTheOperatorsCaps() {
        post("/agents", """
                {"name":"%s","asset_file_id":%d,"config":{"limits":{"memory_bytes":2000000000}}}""".formatted(unique("greedy"), Registry.module()))
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-config"))
                .body("errors.field", contains("config.limits.memory_bytes"))
                .body("detail", containsString("cap"));
    }

    @Test
    void shouldCheckAConfigurationByTheTypeOfItsAgent() {
        int script = Registry.file("check.sql", bytes("select 1"));
        int module = Registry.module();
        post(
                        "/agents",
                        "{\"name\":\"%s\",\"asset_file_id\":%d,\"config\":{\"data_source\":7}}"
                                .formatted(unique("sql"), script))
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-config"))
                .body("errors.field", contains("config.data_source"));
        Response made = post(
                "/agents",
                "{\"name\":\"%s\",\"asset_file_id\":%d,\"config\":{\"data_source\":\"shop\"}}"
                        .formatted(unique("sql"), script));
        made.then().statusCode(201);

        patch(made.path("id"), "{\"config\":{\"limits\":{\"fuel\":5}}}")
                .then()
                .statusCode(422)
                .body("errors.field", contains("config.limits.fuel"));
        Response limited = post(
                "/agents",
                "{\"name\":\"%s\",\"asset_file_id\":%d,\"config\":{\"limits\":{\"fuel\":5}}}"
                        .formatted(unique("wasm"), module));
        patch(limited.path("id"), "{\"asset_file_id\":" + script + "}")
                .then()
                .statusCode(422)
                .body("errors.field", contains("config.limits.fuel"));
    }

    @Test
    void shouldKeepNamesUnique() {
        String name = Registry.agent();

        post("/agents", "{\"name\":\"%s\",\"asset_file_id\":%d}".formatted(name, Registry.module()))
                .then()
                .statusCode(409)
                .body("code", equalTo("agent-name-taken"));
    }

    @Test
    void shouldChangeWhatIsNamedAndKeepTheRest() {
        int first = Registry.module();
        int second = Registry.file("b.sql", bytes("select 2"));
        int id = post(
                        "/agents",
                        "{\"name\":\"%s\",\"asset_file_id\":%d,\"config\":{\"inputs\":{\"a\":1}}}"
                                .formatted(unique("x"), first))
                .path("id");

        patch(id, "{\"asset_file_id\":" + second + "}")
                .then()
                .statusCode(200)
                .body("asset_file_id", equalTo(second))
                .body("agent_type", equalTo("SQL"))
                .body("config.inputs.a", equalTo(1));
        String renamed = unique("renamed");
        patch(id, "{\"name\":\"" + renamed + "\",\"config\":{\"inputs\":{\"b\":2}}}")
                .then()
                .statusCode(200)
                .body("name", equalTo(renamed));
        Response now = admin().get("/agents/" + id);
        now.then().body("asset_file_id", equalTo(second)).body("name", equalTo(renamed));
        assertThat(now.asString()).contains("\"config\":{\"inputs\":{\"b\":2}}");
        assertThat(now.<String>path("updated_at")).isGreaterThan(now.path("created_at"));
        patch(999_999, "{}").then().statusCode(404).body("code", equalTo("agent-not-found"));
    }

    @Test
    void shouldDeleteOnlyWhatNothingUses() {
        int free = define(Registry.module()).path("id");
        admin().delete("/agents/" + free).then().statusCode(204);
        admin().get("/agents/" + free).then().statusCode(404).body("code", equalTo("agent-not-found"));
        admin().delete("/agents/" + free).then().statusCode(404);
        admin().get("/agents/first").then().statusCode(404).body("code", equalTo("agent-not-found"));

        Response used = define(Registry.module());
        int id = used.path("id");
        String other = Registry.agent();
        String workflow = Registry.workflow(used.path("name"));
        admin().delete("/agents/" + id).then().statusCode(409).body("code", equalTo("agent-in-use"));
        patch(id, "{\"name\":\"" + unique("y") + "\"}").then().statusCode(409).body("code", equalTo("agent-in-use"));

        String run = post("/workflows/" + workflow + "/runs", "{}").path("run_id");
        admin().contentType(ContentType.JSON)
                .body("{\"definition\":" + Registry.oneNode(other) + "}")
                .put("/workflows/" + workflow)
                .then()
                .statusCode(200);
        assertThat(run).isNotNull();
        admin().delete("/agents/" + id).then().statusCode(409).body("code", equalTo("agent-in-use"));
    }

    @Test
    void shouldListNewestFirst() {
        String first = Registry.agent();
        String second = Registry.agent();

        admin().queryParam("size", 200)
                .get("/agents")
                .then()
                .statusCode(200)
                .body(
                        "items.findAll { it.name in ['%s', '%s'] }.name".formatted(first, second),
                        contains(second, first));
    }

    private static Response define(int file) {
        return post("/agents", "{\"name\":\"%s\",\"asset_file_id\":%d}".formatted(unique("agent"), file));
    }

    private static Response patch(int id, String json) {
        return admin().contentType(ContentType.JSON).body(json).patch("/agents/" + id);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
