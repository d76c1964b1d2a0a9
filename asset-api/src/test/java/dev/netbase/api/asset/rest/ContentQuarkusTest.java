package dev.netbase.api.asset.rest;

import static dev.netbase.api.testing.Api.admin;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.equalTo;

import dev.netbase.api.testing.Registry;
import dev.netbase.api.testing.ServiceEnvironment;
import dev.netbase.model.artifact.Sha256;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class ContentQuarkusTest {
    private static final byte[] CONTENT = "0123456789".getBytes(StandardCharsets.UTF_8);
    private static final String TAG = "\"sha256:" + Sha256.hex(CONTENT) + "\"";

    @Test
    void shouldSendTheBytesThatWerePublished() {
        String url = published();

        Response whole = admin().get(url);

        whole.then()
                .statusCode(200)
                .header("ETag", TAG)
                .header("Accept-Ranges", "bytes")
                .header("Content-Length", "10")
                .contentType("application/octet-stream");
        assertThat(whole.asByteArray()).isEqualTo(CONTENT);
        admin().head(url).then().statusCode(200).header("ETag", TAG);
    }

    @ParameterizedTest
    @CsvSource({
        "bytes=0-0,0,0-0",
        "bytes=2-5,2345,2-5",
        "bytes=7-,789,7-9",
        "bytes=-3,789,7-9",
        "bytes=5-99,56789,5-9",
        "bytes=-99,0123456789,0-9"
    })
    void shouldSendARange(String range, String expected, String sent) {
        Response part = admin().header("Range", range).get(published());

        part.then()
                .statusCode(206)
                .header("Content-Range", "bytes " + sent + "/10")
                .header("ETag", TAG);
        assertThat(part.asString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=10-", "bytes=99-100", "bytes=-0"})
    void shouldRefuseARangeBeyondTheEnd(String range) {
        admin().header("Range", range)
                .get(published())
                .then()
                .statusCode(416)
                .contentType("application/problem+json")
                .header("Content-Range", "bytes */10")
                .body("code", equalTo("range-not-satisfiable"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bytes=a-b", "bytes=5-2", "lines=1-2", "bytes=0-1,3-4", "bytes=-"})
    void shouldSendAllForARangeItDoesNotUnderstand(String range) {
        Response whole = admin().header("Range", range).get(published());

        whole.then().statusCode(200);
        assertThat(whole.asByteArray()).isEqualTo(CONTENT);
    }

    @Test
    void shouldHonourConditions() {
        String url = published();

        assertThat(admin().header("If-None-Match", TAG)
                        .get(url)
                        .then()
                        .statusCode(304)
                        .extract()
                        .asByteArray())
                .isEmpty();
        admin().header("If-None-Match", "\"other\", W/" + TAG).get(url).then().statusCode(304);
        admin().header("If-None-Match", "\"other\"").get(url).then().statusCode(200);
        admin().header("Range", "bytes=0-1")
                .header("If-Range", TAG)
                .get(url)
                .then()
                .statusCode(206);
        admin().header("Range", "bytes=0-1")
                .header("If-Range", "\"other\"")
                .get(url)
                .then()
                .statusCode(200);
    }

    @Test
    void shouldSendAnEmptyFile() {
        String url = "/asset-files/" + Registry.file("empty.bin", new byte[0]) + "/content";

        assertThat(admin().get(url).then().statusCode(200).extract().asByteArray())
                .isEmpty();
        admin().header("Range", "bytes=0-").get(url).then().statusCode(416);
    }

    @Test
    void shouldAnswerUnknownFilesWithAProblem() {
        for (String id : new String[] {"999999999", "0", "x", "-1", "99999999999999999999"}) {
            admin().get("/asset-files/" + id + "/content")
                    .then()
                    .statusCode(404)
                    .body("code", equalTo("file-not-found"));
        }
    }

    private static String published() {
        return "/asset-files/" + Registry.file("data.bin", CONTENT) + "/content";
    }
}
