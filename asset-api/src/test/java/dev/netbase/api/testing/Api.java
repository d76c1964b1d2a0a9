package dev.netbase.api.testing;

import static io.restassured.RestAssured.given;

import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/** Requests as the admin makes them. */
public final class Api {
    private static final String BOUNDARY = "----netbase-test-boundary";

    private Api() {}

    /** A request with the admin's token; paths are relative to the API. */
    public static RequestSpecification admin() {
        return given().basePath("/api/v1").header("Authorization", "Bearer " + ServiceEnvironment.TOKEN);
    }

    /** A POST of JSON. */
    public static Response post(String path, String json) {
        return admin().contentType(ContentType.JSON).body(json).post(path);
    }

    /** A name nobody has used. */
    public static String unique(String prefix) {
        return prefix + "-" + UUID.randomUUID();
    }

    /** A new package's public id. */
    public static String newPackage() {
        return post("/asset-packages", "{\"name\":\"" + unique("package") + "\"}")
                .then()
                .statusCode(201)
                .extract()
                .path("nanoid");
    }

    /** A multipart body written by hand, so that names are exactly what is meant. */
    public static final class Upload {
        private final ByteArrayOutputStream body = new ByteArrayOutputStream();

        /** Adds the metadata. */
        public Upload metadata(String json) {
            return part("name=\"metadata\"", json.getBytes(StandardCharsets.UTF_8));
        }

        /** Adds a file. */
        public Upload file(String name, byte[] content) {
            return part("name=\"file\"; filename=\"" + name + "\"", content);
        }

        /** Adds a text file. */
        public Upload file(String name, String content) {
            return file(name, content.getBytes(StandardCharsets.UTF_8));
        }

        /** Adds a part of any kind. */
        public Upload part(String disposition, byte[] content) {
            body.writeBytes(("--" + BOUNDARY + "\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n")
                    .getBytes(StandardCharsets.UTF_8));
            body.writeBytes(content);
            body.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
            return this;
        }

        /** Publishes what was added. */
        public Response publish(String nanoid) {
            body.writeBytes(("--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
            return send(nanoid);
        }

        /** Sends what was added without the end of a multipart body. */
        public Response send(String nanoid) {
            return admin().header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
                    .body(body.toByteArray())
                    .post("/asset-packages/{nanoid}/versions", nanoid);
        }
    }
}
