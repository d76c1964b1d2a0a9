package dev.netbase.api.workflow.rest;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.post;
import static dev.netbase.api.testing.Api.unique;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsInAnyOrder;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import dev.netbase.api.testing.Api;
import dev.netbase.api.testing.Api.Upload;
import dev.netbase.api.testing.Registry;
import dev.netbase.api.testing.ServiceEnvironment;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class WorkflowQuarkusTest {
    @Test
    void shouldKeepEveryVersionAsItWasWritten() {
        String agent = Registry.agent();
        String name = unique("word-count");
        String first = """
                {"nodes":[{"key":"split","agent":"%1$s","inputs":{"z":1.50,"a":"${inputs.text}"}},\
                {"key":"count","agent":"%1$s","depends_on":["split"],"for_each":"${nodes.split.output.chunks}"}],\
                "output":"${nodes.count.output}"}""".formatted(agent);

        post("/workflows", "{\"name\":\"%s\",\"definition\":%s}".formatted(name, first))
                .then()
                .statusCode(201)
                .header("Location", containsString("/api/v1/workflows/" + name))
                .body("name", equalTo(name))
                .body("version", equalTo(1));
        put(name, Registry.oneNode(agent)).then().statusCode(200).body("version", equalTo(2));

        admin().get("/workflows/" + name)
                .then()
                .statusCode(200)
                .body("version", equalTo(2))
                .body("definition.nodes.key", contains("only"));
        Response old = admin().get("/workflows/" + name + "?version=1");
        old.then().statusCode(200).body("version", equalTo(1)).body("latest_version", equalTo(2));
        assertThat(old.asString()).contains("\"definition\":" + first);
        admin().get("/workflows/" + name + "?version=3")
                .then()
                .statusCode(404)
                .body("code", equalTo("workflow-not-found"));
        admin().get("/workflows/" + name + "?version=x")
                .then()
                .statusCode(400)
                .body("errors.field", contains("version"));
    }

    @Test
    void shouldRefuseADefinitionThatCannotRunAndNameTheNode() {
        String agent = Registry.agent();
        refuse("""
                {"nodes":[{"key":"left","agent":"%1$s","depends_on":["right"]},
                          {"key":"right","agent":"%1$s","depends_on":["left"]}]}""".formatted(agent), "left");
        refuse("{\"nodes\":[{\"key\":\"only\",\"agent\":\"nobody-there\"}]}", "'only'", "nobody-there");
        refuse(
                "{\"nodes\":[{\"key\":\"only\",\"agent\":\"%s\",\"depends_on\":[\"ghost\"]}]}".formatted(agent),
                "only",
                "ghost");
        refuse(
                "{\"nodes\":[{\"key\":\"only\",\"agent\":\"%s\",\"inputs\":\"${nodes.ghost.output}\"}]}"
                        .formatted(agent),
                "only",
                "ghost");
        refuse("""
                {"nodes":[{"key":"only","agent":"%s","config":{"limits":{"fuel":2000000000000}}}]}""".formatted(agent), "only", "fuel");
        refuse("""
                {"nodes":[{"key":"reads","agent":"%s","files":[{"path":"in/a","from":"asset:nobody/1.0.0/a.csv"}]}]}""".formatted(agent), "reads", "files[0].from", "asset:nobody/1.0.0/a.csv", "does not exist");
        refuse("""
                {"nodes":[{"key":"reads","agent":"%s","files":[{"path":"in/a","from":"gopher://a/b"}]}]}""".formatted(agent), "reads", "files[0].from");
        refuse("{\"nodes\":[]}", "nodes");
        refuse("{\"nodes\":[{\"key\":\"only\",\"agent\":\"%s\",\"colour\":1}]}".formatted(agent), "colour");
    }

    @Test
    void shouldTakeFilesThatArePublished() {
        String nanoid = Api.newPackage();
        new Upload()
                .metadata("{\"version_string\":\"1.0.0\"}")
                .file("data/a.csv", new byte[] {1})
                .publish(nanoid)
                .then()
                .statusCode(201);

        post("/workflows", """
                {"name":"%s","definition":{"nodes":[{"key":"reads","agent":"%s","files":[
                  {"path":"in/a","from":"asset:%s/1.0.0/data/a.csv"}]}]}}""".formatted(unique("reads"), Registry.agent(), nanoid))
                .then()
                .statusCode(201);
    }

    @Test
    void shouldNameTheNodeAndTheColumnOfAnExpressionWhoseTypesDoNotFit() {
        post("/workflows", """
                {"name":"%1$s","definition":{"nodes":[{"key":"a","agent":"%2$s"},
                  {"key":"b","agent":"%2$s","depends_on":["a"],"inputs":{"v":"n: ${1 + 'a'}"},"when":"${1 + 2}"}]}}""".formatted(unique("typed"), Registry.agent()))
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-definition"))
                .body("errors.field", containsInAnyOrder("definition.nodes[1].inputs.v", "definition.nodes[1].when"))
                .body("errors.find { it.field.endsWith('.v') }.message", containsString("column 4"))
                .body("detail", containsString("'b'"));
    }

    @Test
    void shouldKeepNamesUniqueAndPlain() {
        String name = Registry.workflow(Registry.agent());

        post("/workflows", "{\"name\":\"%s\",\"definition\":%s}".formatted(name, Registry.oneNode(Registry.agent())))
                .then()
                .statusCode(409)
                .body("code", equalTo("workflow-name-taken"));
        post("/workflows", "{\"name\":\"a/b\",\"definition\":{}}")
                .then()
                .statusCode(400)
                .body("errors.field", contains("name"));
        post("/workflows", "{\"name\":\"ab\"}").then().statusCode(400).body("errors.field", contains("definition"));
        put("nobody", Registry.oneNode(Registry.agent()))
                .then()
                .statusCode(404)
                .body("code", equalTo("workflow-not-found"));
        admin().get("/workflows/nobody").then().statusCode(404).body("code", equalTo("workflow-not-found"));
    }

    @Test
    void shouldRefuseSubWorkflowsThatDoNotExistOrFormACycle() {
        String first = unique("first");
        String second = unique("second");
        String third = unique("third");
        refuse("{\"nodes\":[{\"key\":\"a\",\"workflow\":\"nowhere\"}]}", "'a'", "'nowhere'", "does not exist");
        define(first, Registry.oneNode(Registry.agent())).then().statusCode(201);
        define(second, naming(first)).then().statusCode(201);
        define(third, naming(second)).then().statusCode(201);

        put(first, naming(third))
                .then()
                .statusCode(422)
                .body("errors[0].field", equalTo("definition.nodes[0].workflow"))
                .body("errors[0].message", containsString(first + " -> " + third + " -> " + second + " -> " + first));
        put(first, naming(first)).then().statusCode(422);
        refuse("{\"nodes\":[{\"key\":\"a\",\"workflow\":\"%s\",\"version\":2}]}".formatted(first), "with a version 2");
        put(first, "{\"nodes\":[{\"key\":\"a\",\"workflow\":\"%s\",\"version\":1}]}".formatted(first))
                .then()
                .statusCode(200);
    }

    private static String naming(String workflow) {
        return "{\"nodes\":[{\"key\":\"a\",\"workflow\":\"%s\",\"inputs\":{}}]}".formatted(workflow);
    }

    private static Response define(String name, String definition) {
        return post("/workflows", "{\"name\":\"%s\",\"definition\":%s}".formatted(name, definition));
    }

    @Test
    void shouldNumberConcurrentVersionsWithoutGaps() throws Exception {
        String agent = Registry.agent();
        String name = Registry.workflow(agent);
        List<Callable<Integer>> writers = IntStream.range(0, 6)
                .<Callable<Integer>>mapToObj(
                        i -> () -> put(name, Registry.oneNode(agent)).<Integer>path("version"))
                .toList();

        List<Integer> versions;
        try (ExecutorService threads = Executors.newFixedThreadPool(6)) {
            versions = threads.invokeAll(writers).stream()
                    .map(future -> future.resultNow())
                    .toList();
        }

        assertThat(versions).containsExactlyInAnyOrder(2, 3, 4, 5, 6, 7);
        admin().get("/workflows/" + name).then().body("version", equalTo(7));
    }

    @Test
    void shouldListNewestFirst() {
        String agent = Registry.agent();
        String first = Registry.workflow(agent);
        String second = Registry.workflow(agent);

        admin().queryParam("size", 200)
                .get("/workflows")
                .then()
                .statusCode(200)
                .body(
                        "items.findAll { it.name in ['%s', '%s'] }.name".formatted(first, second),
                        contains(second, first));
    }

    private static void refuse(String definition, String... parts) {
        String detail = post("/workflows", "{\"name\":\"%s\",\"definition\":%s}".formatted(unique("bad"), definition))
                .then()
                .statusCode(422)
                .contentType("application/problem+json")
                .body("code", equalTo("invalid-definition"))
                .extract()
                .path("detail");
        assertThat(detail).contains(parts);
    }

    private static Response put(String name, String definition) {
        return admin().contentType(ContentType.JSON)
                .body("{\"definition\":" + definition + "}")
                .put("/workflows/" + name);
    }
}
