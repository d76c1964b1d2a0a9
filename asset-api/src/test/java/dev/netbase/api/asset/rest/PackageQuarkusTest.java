package dev.netbase.api.asset.rest;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.post;
import static dev.netbase.api.testing.Api.unique;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.matchesPattern;
import static org.hamcrest.Matchers.notNullValue;

import dev.netbase.api.testing.ServiceEnvironment;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.util.Locale;
import org.junit.jupiter.api.Test;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class PackageQuarkusTest {
    @Test
    void shouldMakeAPackageAndShowIt() {
        String name = unique("processor");

        String nanoid = post("/asset-packages", "{\"name\":\"" + name + "\",\"description\":\"does things\"}")
                .then()
                .statusCode(201)
                .header("Location", matchesPattern(".*/api/v1/asset-packages/[0-9A-Za-z][0-9A-Za-z_-]{11}"))
                .body("name", equalTo(name))
                .body("description", equalTo("does things"))
                .body("id", notNullValue())
                .body("owner_id", notNullValue())
                .body("created_at", matchesPattern("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z"))
                .extract()
                .path("nanoid");

        admin().get("/asset-packages/{nanoid}", nanoid).then().statusCode(200).body("name", equalTo(name));
    }

    @Test
    void shouldRefuseANameThatIsTaken() {
        String body = "{\"name\":\"" + unique("taken") + "\"}";
        post("/asset-packages", body).then().statusCode(201);

        post("/asset-packages", body)
                .then()
                .statusCode(409)
                .contentType("application/problem+json")
                .body("code", equalTo("package-name-taken"))
                .body("status", equalTo(409));
    }

    @Test
    void shouldListNewestFirstByPartOfTheNameTakenLiterally() {
        String marker = unique("50%_off");
        post("/asset-packages", "{\"name\":\"" + marker + "-a\"}").then().statusCode(201);
        post("/asset-packages", "{\"name\":\"" + marker + "-b\"}").then().statusCode(201);

        admin().queryParam("name", marker.toUpperCase(Locale.ROOT))
                .get("/asset-packages")
                .then()
                .statusCode(200)
                .body("items.name", contains(marker + "-b", marker + "-a"))
                .body("page", equalTo(0))
                .body("size", equalTo(20))
                .body("total", equalTo(2));
        admin().queryParam("name", marker)
                .queryParam("page", 1)
                .queryParam("size", 1)
                .get("/asset-packages")
                .then()
                .body("items.name", contains(marker + "-a"))
                .body("total", equalTo(2));
        admin().queryParam("name", "50%%off").get("/asset-packages").then().body("total", equalTo(0));
    }

    @Test
    void shouldRefusePagesOutOfBounds() {
        for (String query : new String[] {"size=0", "size=201", "size=x", "page=-1", "page=1e3"}) {
            String field = query.substring(0, 4);
            admin().get("/asset-packages?" + query)
                    .then()
                    .statusCode(400)
                    .contentType("application/problem+json")
                    .body("code", equalTo("invalid-request"))
                    .body("errors.field", contains(field));
        }
    }

    @Test
    void shouldNameTheFieldsThatAreWrong() {
        post("/asset-packages", "{\"name\":\" \"}").then().statusCode(400).body("errors.field", contains("name"));
        post("/asset-packages", "{}").then().statusCode(400).body("errors.field", contains("name"));
        post("/asset-packages", "{\"name\":7}").then().statusCode(400).body("errors.field", contains("name"));
        post("/asset-packages", "{\"name\":\"a\",\"colour\":1}")
                .then()
                .statusCode(400)
                .body("code", equalTo("invalid-request"))
                .body("errors.field", hasItem("colour"));
        post("/asset-packages", "null").then().statusCode(400).body("code", equalTo("invalid-request"));
        post("/asset-packages", "").then().statusCode(400).body("code", equalTo("invalid-request"));
    }

    @Test
    void shouldAnswerAnUnknownPackageWithAProblem() {
        admin().get("/asset-packages/nowhere")
                .then()
                .statusCode(404)
                .contentType("application/problem+json")
                .body("code", equalTo("package-not-found"));
    }
}
