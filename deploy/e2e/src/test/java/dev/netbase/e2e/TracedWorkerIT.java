package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.netbase.e2e.WorkerProcess.Setup;
import dev.netbase.standalone.postgres.PostgresAccess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What is registered for a native image, against what a tracing agent saw while a packaged worker did its work: of which of
 * Netbase's classes something asked for the members by reflection, and which files Netbase's classes took from the archive;
 * and what the JDBC driver of SQL agents asked for, which no Quarkus extension registers.
 */
@ResourceLock(Cluster.IN_USE)
class TracedWorkerIT {
    private static final Path TRACER = NetbaseUp.home().resolve("wasm-worker/src/test/native/tracer.c");

    /**
     * Asked by Jackson for one. What is left out needs nobody to register it: beans, which Quarkus does, and what the JVM
     * asks of enums and records by itself.
     */
    private static final Pattern MEMBERS = Pattern.compile(
            "^reflection \\S+ L(dev/netbase/[^;]+); by (?!Lio/quarkus/arc/|Ljava/lang/)\\S+$", Pattern.MULTILINE);

    private static final String SCRIPT = """
            select word, count(*) as times, now() as at, 1.5 as part
            from jsonb_array_elements_text(:words) as word group by word limit :most
            """;

    private static final Pattern FILES =
            Pattern.compile("^resource \\S+ (\\S+) by Ldev/netbase/\\S+$", Pattern.MULTILINE);

    /** Asked by the JDBC driver, or by the JDK for a field of the driver's that is updated atomically. */
    private static final Pattern DRIVER = Pattern.compile(
            "^reflection \\S+ (?:(\\S+) by Lorg/postgresql/\\S+|(Lorg/postgresql/\\S+) by Ljava/util/concurrent/atomic/\\S+)$",
            Pattern.MULTILINE);

    private static final Pattern DRIVER_FILES =
            Pattern.compile("^resource \\S+ (\\S+) by Lorg/postgresql/\\S+$", Pattern.MULTILINE);

    @TempDir
    Path folder;

    @Test
    void shouldFindAllRegisteredThatAWorkerAsksForByName() throws Exception {
        WorkerStack stack = WorkerStack.get();
        Path traced = folder.resolve("trace");
        try (WorkerProcess worker =
                WorkerProcess.start(stack, withData(stack).with("-agentpath:" + agent() + "=" + traced))) {
            worker.awaitReady();
            work(stack);
        }
        String trace = Files.readString(traced);

        assertThat(MEMBERS.matcher(trace)
                        .results()
                        .map(match -> match.group(1).replace('/', '.'))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(Stream.concat(
                                registered("common-model", "common-model", "reflection"),
                                registered("wasm-worker", "wasm-worker", "reflection"))
                        .filter(each -> !each.path("jniAccessible").asBoolean())
                        .map(each -> each.path("type").asText())
                        .toList());
        assertThat(FILES.matcher(trace).results().map(match -> match.group(1)).distinct())
                .containsExactlyInAnyOrderElementsOf(registered("wasm-worker", "wasm-worker", "resources")
                        .map(each -> each.path("glob").asText())
                        .toList());
        assertThat(DRIVER.matcher(trace)
                        .results()
                        .map(match -> className(match.group(1) == null ? match.group(2) : match.group(1)))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(registered("wasm-worker", "wasm-worker-jdbc", "reflection")
                        .map(each -> each.path("type").asText())
                        .toList());
        assertThat(DRIVER_FILES
                        .matcher(trace)
                        .results()
                        .map(match -> match.group(1))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(registered("wasm-worker", "wasm-worker-jdbc", "resources")
                        .map(each -> each.path("glob").asText())
                        .toList());
    }

    /** Of a signature, or of a name. */
    private static String className(String asked) {
        return asked.replaceFirst("^L(.*);$", "$1").replace('/', '.');
    }

    /** A worker that may read a database of the stack's own server. */
    private static Setup withData(WorkerStack stack) {
        PostgresAccess postgres = stack.endpoints().postgres();
        return Setup.named("a", stack)
                .with("NETBASE_SQL_DATA_SOURCES_DATA_URL", "postgresql://127.0.0.1:" + postgres.port() + "/postgres")
                .with("NETBASE_SQL_DATA_SOURCES_DATA_USERNAME", PostgresAccess.ROLE)
                .with("NETBASE_SQL_DATA_SOURCES_DATA_PASSWORD", postgres.password());
    }

    private static Stream<JsonNode> registered(String module, String artifact, String section) {
        Path metadata = NetbaseUp.home()
                .resolve(module)
                .resolve("src/main/resources/META-INF/native-image/dev.netbase")
                .resolve(artifact)
                .resolve("reachability-metadata.json");
        try {
            return Api.JSON.readTree(metadata.toFile()).path(section).valueStream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path agent() throws IOException, InterruptedException {
        Path include = Path.of(System.getProperty("java.home"), "include");
        Path library = folder.resolve("libtracer.so");
        Process compiler = new ProcessBuilder(
                        "cc",
                        "-shared",
                        "-fPIC",
                        "-I" + include,
                        "-I" + include.resolve("linux"),
                        "-o",
                        library.toString(),
                        TRACER.toString())
                .inheritIO()
                .start();
        assertThat(compiler.waitFor(1, TimeUnit.MINUTES)).isTrue();
        assertThat(compiler.exitValue()).isZero();
        return library;
    }

    /** Guests of both kinds that succeed and fail, a script, files, a value too large to pass inline, and a cancelled run. */
    private static void work(WorkerStack stack) throws IOException, InterruptedException {
        Map<String, Long> files = stack.api()
                .publish(
                        "traced",
                        "1.0.0",
                        Map.of(
                                "bin/trap.wasm", Guests.module("trap"),
                                "bin/cat.wasm", Guests.module("cat"),
                                "bin/write.wasm", Guests.module("write-workspace"),
                                "sql/data.sql", SCRIPT.getBytes(StandardCharsets.UTF_8)));
        for (String name : new String[] {"trap", "cat", "write"}) {
            stack.api().agent("traced-" + name, files.get("bin/" + name + ".wasm"), "{\"args\":[\"a\"]}");
        }
        stack.api().agent("traced-sql", files.get("sql/data.sql"), "{\"data_source\":\"data\"}");
        stack.api().workflow("traced", """
                {"nodes":[{"key":"echo","agent":"echo","inputs":"${inputs.text}"},
                          {"key":"cat","agent":"traced-cat","depends_on":["echo"],"inputs":"${nodes.echo.output}"},
                          {"key":"write","agent":"traced-write"},
                          {"key":"sql","agent":"traced-sql","inputs":{"words":["a","b"],"most":2}},
                          {"key":"trap","agent":"traced-trap","retry":{"max_attempts":2,"backoff":"1ms"}}]}""");
        JsonNode ended = stack.api().run("traced", "{\"text\":\"" + "long ".repeat(15_000) + "\"}");
        assertThat(ended.path("tasks").path("completed").asInt())
                .as(ended.toString())
                .isEqualTo(4);
        stack.api().workflow("traced-chain", """
                {"nodes":[{"key":"a","agent":"echo","inputs":1},
                          {"key":"b","agent":"echo","depends_on":["a"],"inputs":1},
                          {"key":"c","agent":"echo","depends_on":["b"],"inputs":1}]}""");
        assertThat(stack.api().run("traced-chain", "{}").path("status").asText())
                .isEqualTo("COMPLETED");
        stack.api().workflow("traced-nap", "{\"nodes\":[{\"key\":\"nap\",\"agent\":\"nap\",\"inputs\":250000}]}");
        String napping = stack.api().start("traced-nap", "{}");
        await().until(() -> stack.count("task_instances where run_id = '" + napping + "' and status = 'RUNNING'") == 1);
        stack.api().post("/runs/" + napping + "/cancel", "").expect(202);
        assertThat(stack.api().await(napping).path("status").asText()).isEqualTo("CANCELLED");
    }
}
