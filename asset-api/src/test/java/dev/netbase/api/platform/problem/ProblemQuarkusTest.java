package dev.netbase.api.platform.problem;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.post;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.startsWith;

import dev.netbase.api.testing.ServiceEnvironment;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.http.ContentType;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class ProblemQuarkusTest {
    private static final String MEDIA_TYPE = "application/problem+json";

    @TestHTTPResource("/api/v1/asset-packages")
    URI packages;

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer", "Bearer wrong", "Basic YWRtaW46YWRtaW4=", "Bearer test-token-012345678"})
    void shouldRefuseCallersWithoutTheToken(String authorization) {
        var request = given();
        if (!authorization.isEmpty()) {
            request = request.header("Authorization", authorization);
        }

        request.get("/api/v1/agents")
                .then()
                .statusCode(401)
                .contentType(MEDIA_TYPE)
                .header("WWW-Authenticate", startsWith("Bearer"))
                .body("code", equalTo("unauthenticated"))
                .body("status", equalTo(401));
    }

    @Test
    void shouldCheckTheTokenBeforeTheBody() {
        given().contentType(ContentType.JSON)
                .body("{not json")
                .post("/api/v1/agents")
                .then()
                .statusCode(401)
                .contentType(MEDIA_TYPE);
        given().contentType("multipart/form-data; boundary=x")
                .body("--x".getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/asset-packages/a/versions")
                .then()
                .statusCode(401);
    }

    @Test
    void shouldAnswerUnknownPathsAndMethodsWithProblems() {
        for (String path :
                new String[] {"/", "/api/v1/nothing", "/api/v2/agents", "/q/nothing", "/api/v1/runs/a/b/c"}) {
            admin().basePath("")
                    .get(path)
                    .then()
                    .statusCode(404)
                    .contentType(MEDIA_TYPE)
                    .body("code", equalTo("not-found"));
        }
        admin().delete("/workflows")
                .then()
                .statusCode(405)
                .contentType(MEDIA_TYPE)
                .body("code", equalTo("method-not-allowed"));
        admin().contentType(ContentType.TEXT)
                .body("name")
                .post("/asset-packages")
                .then()
                .statusCode(415)
                .contentType(MEDIA_TYPE)
                .body("code", equalTo("unsupported-media-type"));
        admin().accept("image/png").get("/agents").then().statusCode(406).contentType(MEDIA_TYPE);
    }

    @Test
    void shouldSayWhereJsonIsBroken() {
        post("/asset-packages", "{\n \"name\": oops}")
                .then()
                .statusCode(400)
                .contentType(MEDIA_TYPE)
                .body("code", equalTo("invalid-request"))
                .body("detail", containsString("line 2"));
        post("/asset-packages", "{\"name\":\"a\",\"name\":\"b\"}").then().statusCode(400);
        post("/asset-packages", "{\"name\":\"a\"} trailing").then().statusCode(400);
        post("/asset-packages", "[]").then().statusCode(400).contentType(MEDIA_TYPE);
        post("/workflows/a/runs", "{\"inputs\":" + "[".repeat(500) + "]".repeat(500) + "}")
                .then()
                .statusCode(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{oops",
                "[]",
                "{\"name\":7}",
                "{\"name\":\"a\",\"x\":1}",
                "\"text\"",
                "7",
                "{\"name\":\"\\u0000\"}"
            })
    void shouldNameNoClassOfOurs(String body) {
        String answer =
                post("/asset-packages", body).then().statusCode(400).extract().asString();

        assertThat(answer).doesNotContain("dev.netbase", "com.fasterxml", "java.", "Exception", "record", "NewPackage");
    }

    @Test
    void shouldRefuseABodyThatIsTooLargeWhetherOrNotItsLengthIsKnown() throws Exception {
        byte[] large = ("{\"name\":\"" + "a".repeat(16 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);

        admin().contentType(ContentType.JSON)
                .body(large)
                .post("/asset-packages")
                .then()
                .statusCode(413)
                .contentType(MEDIA_TYPE)
                .body("code", equalTo("too-large"));
        HttpRequest chunked = HttpRequest.newBuilder(packages)
                .version(HttpClient.Version.HTTP_1_1)
                .header("Authorization", "Bearer " + ServiceEnvironment.TOKEN)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large)))
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = client.send(chunked, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).isEqualTo(413);
            assertThat(answer.headers().firstValue("Content-Type")).hasValue(MEDIA_TYPE);
        }
    }

    @Test
    void shouldShowHealthMetricsAndOpenApiWithoutAToken() {
        for (String check : new String[] {"live", "ready", "started"}) {
            given().get("/q/health/" + check).then().statusCode(200).body("status", equalTo("UP"));
        }
        given().get("/q/health/ready").then().body("checks.name", hasItem("database schema"));
        given().get("/q/metrics").then().statusCode(200).body(containsString("http_server_requests"));
        given().accept("application/json")
                .get("/q/openapi?format=json")
                .then()
                .statusCode(200)
                .body("paths.'/api/v1/workflows/{name}/runs'.post.summary", equalTo("Start a run"))
                .body("components.schemas.Run.properties.run_id.type", equalTo("string"));
    }
}
