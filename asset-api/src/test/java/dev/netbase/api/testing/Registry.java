package dev.netbase.api.testing;

import static dev.netbase.api.testing.Api.newPackage;
import static dev.netbase.api.testing.Api.post;
import static dev.netbase.api.testing.Api.unique;

import dev.netbase.api.testing.Api.Upload;

/** Things that tests need to be there. */
public final class Registry {
    private Registry() {}

    /** The id of a published file. */
    public static int file(String path, byte[] content) {
        return new Upload()
                .metadata("{\"version_string\":\"1.0.0\"}")
                .file(path, content)
                .publish(newPackage())
                .then()
                .statusCode(201)
                .extract()
                .path("files[0].id");
    }

    /** The id of a published module. */
    public static int module() {
        return file("bin/echo.wasm", Wasm.echo());
    }

    /** The name of a new agent. */
    public static String agent() {
        String name = unique("agent");
        post("/agents", "{\"name\":\"%s\",\"asset_file_id\":%d}".formatted(name, module()))
                .then()
                .statusCode(201);
        return name;
    }

    /** The name of a new workflow with one node {@code only} for the agent. */
    public static String workflow(String agent) {
        String name = unique("workflow");
        post("/workflows", "{\"name\":\"%s\",\"definition\":%s}".formatted(name, oneNode(agent)))
                .then()
                .statusCode(201);
        return name;
    }

    /** A definition with one node. */
    public static String oneNode(String agent) {
        return "{\"nodes\":[{\"key\":\"only\",\"agent\":\"%s\"}]}".formatted(agent);
    }
}
