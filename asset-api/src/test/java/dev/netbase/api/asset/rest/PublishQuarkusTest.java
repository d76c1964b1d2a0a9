package dev.netbase.api.asset.rest;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.newPackage;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import dev.netbase.api.testing.Api.Upload;
import dev.netbase.api.testing.ServiceEnvironment;
import dev.netbase.api.testing.Wasm;
import dev.netbase.model.artifact.Sha256;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class PublishQuarkusTest {
    private static final String VERSION_1 = "{\"version_string\":\"1.0.0\"}";

    @ConfigProperty(name = "netbase.modules.root")
    Path modules;

    @Test
    void shouldPublishEveryFileUnderItsOwnPathWithItsChecksum() throws IOException {
        String nanoid = newPackage();
        byte[] module = Wasm.echo();

        new Upload()
                .file("bin/processor.wasm", module)
                .file("bin/processor.config.json", "{\"limits\":{\"fuel\":1000}}")
                .file("sql/report.sql", "select 1")
                .file("Dockerfile", "FROM scratch")
                .file("README.md", "# Processor")
                .file("data/größe & 100%25 \u4e2d.txt", "x")
                .metadata("{\"version_string\":\"1.1.0-beta\",\"description\":\"first\"}")
                .publish(nanoid)
                .then()
                .statusCode(201)
                .body("version_string", equalTo("1.1.0-beta"))
                .body("description", equalTo("first"))
                .body("files", hasSize(6));

        admin().get("/asset-packages/{nanoid}/{version}/files", nanoid, "1.1.0-beta")
                .then()
                .statusCode(200)
                .body(
                        "relative_path",
                        contains(
                                "Dockerfile",
                                "README.md",
                                "bin/processor.config.json",
                                "bin/processor.wasm",
                                "data/größe & 100%25 \u4e2d.txt",
                                "sql/report.sql"))
                .body("file_type", contains("DOCKERFILE", "README_MD", "CONFIG_JSON", "WASM", "OTHER", "SQL_SCRIPT"))
                .body("[3].checksum", equalTo(Sha256.hex(module)))
                .body("[3].size_bytes", equalTo(module.length));
        assertThat(modules.resolve(nanoid).resolve("1.1.0-beta/bin/processor.wasm"))
                .hasBinaryContent(module);
        assertThat(modules.resolve(nanoid).resolve("1.1.0-beta/data/größe & 100%25 \u4e2d.txt"))
                .hasContent("x");
    }

    @Test
    void shouldTakeTheTypeThatMetadataGives() {
        new Upload()
                .metadata("""
                        {"version_string":"1.0.0","files":[{"relative_path":"notes.wasm","file_type":"OTHER"},
                         {"relative_path":"query.txt","file_type":"SQL_SCRIPT"},{"relative_path":"plain.sql"}]}""")
                .file("notes.wasm", "not a module")
                .file("query.txt", "select 1")
                .file("plain.sql", "select 2")
                .publish(newPackage())
                .then()
                .statusCode(201)
                .body("files.file_type", contains("OTHER", "SQL_SCRIPT", "SQL_SCRIPT"));
    }

    @Test
    void shouldPublishAVersionOnce() {
        String nanoid = newPackage();
        new Upload()
                .metadata(VERSION_1)
                .file("a.txt", "first")
                .publish(nanoid)
                .then()
                .statusCode(201);

        new Upload()
                .metadata(VERSION_1)
                .file("a.txt", "second")
                .publish(nanoid)
                .then()
                .statusCode(409)
                .body("code", equalTo("version-exists"));

        assertThat(modules.resolve(nanoid).resolve("1.0.0/a.txt")).hasContent("first");
    }

    @Test
    void shouldLetOneOfManyConcurrentPublishersWin() throws Exception {
        String nanoid = newPackage();
        List<Callable<Integer>> publishers = IntStream.range(0, 8)
                .<Callable<Integer>>mapToObj(i -> () -> new Upload()
                        .metadata(VERSION_1)
                        .file("a.txt", "content " + i)
                        .publish(nanoid)
                        .statusCode())
                .toList();

        List<Integer> statuses;
        try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
            statuses = threads.invokeAll(publishers).stream()
                    .map(future -> future.resultNow())
                    .toList();
        }

        assertThat(statuses).containsOnly(201, 409).containsOnlyOnce(201);
        String checksum = admin().get("/asset-packages/{nanoid}/1.0.0/files", nanoid)
                .then()
                .extract()
                .path("[0].checksum");
        byte[] stored = Files.readAllBytes(modules.resolve(nanoid).resolve("1.0.0/a.txt"));
        assertThat(Sha256.hex(stored)).isEqualTo(checksum);
    }

    @Test
    void shouldReplaceWhatACrashLeftWithoutRows() throws IOException {
        String nanoid = newPackage();
        Path leftover = Files.createDirectories(modules.resolve(nanoid).resolve("1.0.0"));
        Files.writeString(leftover.resolve("old.txt"), "half");

        new Upload()
                .metadata(VERSION_1)
                .file("a.txt", "whole")
                .publish(nanoid)
                .then()
                .statusCode(201);

        assertThat(leftover.resolve("old.txt")).doesNotExist();
        assertThat(leftover.resolve("a.txt")).hasContent("whole");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../up.txt",
                "a/../b.txt",
                "./a.txt",
                "a//b.txt",
                "/etc/passwd",
                "a/",
                "a\\b.txt",
                "a%0Ab",
                "",
                "a/./b",
                ".."
            })
    void shouldRefuseAPathThatIsNotInNormalForm(String path) {
        String nanoid = newPackage();

        new Upload()
                .metadata(VERSION_1)
                .file("ok.txt", "fine")
                .file(path, "x")
                .publish(nanoid)
                .then()
                .statusCode(422)
                .contentType("application/problem+json")
                .body("code", equalTo("invalid-path"));

        assertNothingPublished(nanoid);
    }

    @Test
    void shouldRefusePathsThatAFileSystemCouldConfuse() {
        for (String[] pair :
                new String[][] {{"a.txt", "a.txt"}, {"A.txt", "a.TXT"}, {"dir/a", "DIR/b"}, {"a", "a/b"}, {"a/b", "A"}
                }) {
            new Upload()
                    .metadata(VERSION_1)
                    .file(pair[0], "1")
                    .file(pair[1], "2")
                    .publish(newPackage())
                    .then()
                    .statusCode(422)
                    .body("code", equalTo("invalid-path"))
                    .body("detail", containsString(pair[1]));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"v1.0.0", "1.0", "01.0.0", "1.0.0-01", "latest", "", "1.0.0/..", "1.0.0 "})
    void shouldRefuseAVersionThatIsNotSemantic(String version) {
        String nanoid = newPackage();

        new Upload()
                .metadata("{\"version_string\":\"" + version + "\"}")
                .file("a.txt", "x")
                .publish(nanoid)
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-version"));

        assertNothingPublished(nanoid);
    }

    @Test
    void shouldRefuseAModuleThatTheSandboxCannotRun() {
        String nanoid = newPackage();

        new Upload()
                .metadata(VERSION_1)
                .file(
                        "a.wasm",
                        new Wasm()
                                .importFunction("env", "system", "i", "i")
                                .command()
                                .build())
                .publish(nanoid)
                .then()
                .statusCode(422)
                .body("code", equalTo("invalid-module"))
                .body("detail", containsString("env.system"))
                .body("errors.field", contains("a.wasm"));
        new Upload()
                .metadata(VERSION_1)
                .file("a.wasm", "(module)")
                .publish(nanoid)
                .then()
                .statusCode(422)
                .body("detail", containsString("is text"));

        assertNothingPublished(nanoid);
    }

    @Test
    void shouldRefuseAConfigurationThatCouldNotApply() {
        for (String config :
                new String[] {"[]", "{", "{\"limits\":{\"fuel\":0}}", "{\"limits\":{\"memory_bytes\":99999999999}}"}) {
            new Upload()
                    .metadata(VERSION_1)
                    .file("a.wasm", Wasm.echo())
                    .file("a.config.json", config)
                    .publish(newPackage())
                    .then()
                    .statusCode(422)
                    .body("code", equalTo("invalid-config"));
        }
    }

    @Test
    void shouldRefuseWhatIsTooLarge() {
        String nanoid = newPackage();

        new Upload()
                .metadata(VERSION_1)
                .file("large.bin", new byte[(4 << 20) + 1])
                .publish(nanoid)
                .then()
                .statusCode(413)
                .contentType("application/problem+json")
                .body("code", equalTo("too-large"));
        new Upload()
                .metadata(VERSION_1)
                .file("a.bin", new byte[3 << 20])
                .file("b.bin", new byte[(3 << 20) + 1])
                .publish(nanoid)
                .then()
                .statusCode(413);
        new Upload()
                .metadata(VERSION_1)
                .file("a.bin", new byte[3 << 20])
                .file("b.bin", new byte[3 << 20])
                .publish(nanoid)
                .then()
                .statusCode(201);
    }

    @Test
    void shouldSayWhatAnUploadLacks() {
        String nanoid = newPackage();

        new Upload()
                .file("a.txt", "x")
                .publish(nanoid)
                .then()
                .statusCode(400)
                .body("errors.field", contains("metadata"));
        new Upload().metadata(VERSION_1).publish(nanoid).then().statusCode(400).body("errors.field", contains("file"));
        new Upload()
                .metadata(VERSION_1)
                .part("name=\"file\"", new byte[1])
                .publish(nanoid)
                .then()
                .statusCode(400)
                .body("errors.field", contains("file"));
        new Upload()
                .metadata("{\"version\":\"1.0.0\"}")
                .file("a.txt", "x")
                .publish(nanoid)
                .then()
                .statusCode(400)
                .body("errors.field", contains("version"));
        new Upload()
                .metadata("{\"version_string\":\"1.0.0\",\"files\":[{\"relative_path\":\"b.txt\"}]}")
                .file("a.txt", "x")
                .publish(nanoid)
                .then()
                .statusCode(422)
                .body("detail", containsString("b.txt"));
        new Upload().metadata(VERSION_1).file("a.txt", "x").send(nanoid).then().statusCode(400);
        new Upload()
                .metadata(VERSION_1)
                .file("a.txt", "x")
                .publish("nowhere")
                .then()
                .statusCode(404);
        assertNothingPublished(nanoid);
    }

    @Test
    void shouldListTheHighestVersionFirst() {
        String nanoid = newPackage();
        for (String version : List.of("1.0.0-rc.1", "1.10.0", "1.0.0", "1.9.0+build.5", "1.0.0-rc.1.1")) {
            new Upload()
                    .metadata("{\"version_string\":\"" + version + "\"}")
                    .file("a.txt", version)
                    .publish(nanoid)
                    .then()
                    .statusCode(201);
        }

        admin().get("/asset-packages/{nanoid}/versions", nanoid)
                .then()
                .statusCode(200)
                .body(
                        "items.version_string",
                        contains("1.10.0", "1.9.0+build.5", "1.0.0", "1.0.0-rc.1.1", "1.0.0-rc.1"))
                .body("total", equalTo(5));
        admin().get("/asset-packages/{nanoid}/1.9.0+build.5/files", nanoid)
                .then()
                .statusCode(200);
        admin().get("/asset-packages/{nanoid}/2.0.0/files", nanoid)
                .then()
                .statusCode(404)
                .body("code", equalTo("version-not-found"));
        admin().get("/asset-packages/nowhere/versions").then().statusCode(404);
    }

    @Test
    void shouldLeaveNothingStagedBehind() throws IOException {
        String nanoid = newPackage();
        new Upload()
                .metadata(VERSION_1)
                .file("a/b/c.txt", "x")
                .publish(nanoid)
                .then()
                .statusCode(201);
        new Upload()
                .metadata(VERSION_1)
                .file("a/b/c.txt", "x")
                .publish(nanoid)
                .then()
                .statusCode(409);

        try (Stream<Path> staged = Files.walk(modules.resolve(".staging"))) {
            assertThat(staged.filter(Files::isRegularFile)
                            .map(Path::getFileName)
                            .map(Path::toString))
                    .containsOnly(".lock");
        }
    }

    @Test
    void shouldTakeFilesWithEveryByte() throws IOException {
        String nanoid = newPackage();
        byte[] content = new byte[300_000];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * 31 >> 3);
        }
        byte[] tricky = "\r\n--\r\n------netbase-test-boundar\r\n".getBytes(StandardCharsets.UTF_8);
        byte[] both = Wasm.bytes(tricky, content, tricky);

        new Upload()
                .metadata(VERSION_1)
                .file("a.bin", both)
                .publish(nanoid)
                .then()
                .statusCode(201);

        assertThat(modules.resolve(nanoid).resolve("1.0.0/a.bin")).hasBinaryContent(both);
    }

    private void assertNothingPublished(String nanoid) {
        assertThat(modules.resolve(nanoid))
                .satisfiesAnyOf(
                        folder -> assertThat(folder).doesNotExist(),
                        folder -> assertThat(folder).isEmptyDirectory());
        admin().get("/asset-packages/{nanoid}/versions", nanoid).then().body("total", equalTo(0));
    }
}
