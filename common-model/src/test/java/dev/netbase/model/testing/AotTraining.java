package dev.netbase.model.testing;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.logging.Level;
import java.util.logging.LogManager;

/**
 * Makes a packaged service's AOT cache, after the build has packaged it: by a start that reaches a database and a broker,
 * does some of its work and is stopped. The one that Quarkus makes is of a start that ends before it has connected to
 * anything, and knows half of the classes.
 */
public final class AotTraining {
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private AotTraining() {}

    /** What the service is to do. */
    @FunctionalInterface
    public interface Work {
        /** Has it done; what the service does not come to is not in the cache. */
        void have(Surroundings surroundings) throws IOException, InterruptedException;
    }

    /**
     * What the service was started in.
     *
     * @param folder where it has its modules and its other files
     */
    public record Surroundings(TestDatabase database, TestBroker broker, Path folder) {
        /** Modules of published versions. */
        public Path modules() {
            return folder.resolve("modules");
        }
    }

    /**
     * Replaces {@code app.aot} and ends the JVM.
     *
     * @param packaged the folder {@code quarkus-app}
     */
    public static void train(Path packaged, Work work) throws IOException, InterruptedException {
        LogManager.getLogManager().getLogger("").setLevel(Level.SEVERE);
        Path application = packaged.toAbsolutePath();
        Path folder = Files.createTempDirectory(application.getParent(), "aot-training-");
        Path cache = application.resolve("app.aot.new");
        TestDatabase database = TestDatabase.migrated();
        try (TestBroker broker = TestBroker.start()) {
            Surroundings surroundings = new Surroundings(database, broker, folder);
            URI http = URI.create("http://127.0.0.1:" + TestBroker.freePort());
            Process service = start(application, cache, http, surroundings);
            try {
                until("the service is ready", () -> isReady(service, http));
                work.have(surroundings);
                get(http, "/q/metrics").getInputStream().readAllBytes();
            } finally {
                // Its end is what writes the cache.
                service.destroy();
                if (!service.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    service.destroyForcibly();
                }
            }
        }
        Files.move(cache, application.resolve("app.aot"), StandardCopyOption.ATOMIC_MOVE);
        System.exit(0);
    }

    /** Waits for what the service does. */
    public static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not true in time: " + what);
            }
            Thread.sleep(20);
        }
    }

    private static Process start(Path application, Path cache, URI http, Surroundings surroundings) throws IOException {
        Path folder = surroundings.folder();
        ProcessBuilder command = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:AOTCacheOutput=" + cache,
                        "-XX:+UseG1GC",
                        "-Xmx512m",
                        "--sun-misc-unsafe-memory-access=allow",
                        "-jar",
                        application.resolve("quarkus-run.jar").toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        TestDatabase database = surroundings.database();
        command.environment()
                .putAll(Map.of(
                        "QUARKUS_HTTP_PORT", Integer.toString(http.getPort()),
                        "QUARKUS_DATASOURCE_REACTIVE_URL", database.reactiveUrl(),
                        "QUARKUS_DATASOURCE_USERNAME", database.user(),
                        "QUARKUS_DATASOURCE_PASSWORD", database.password(),
                        "KAFKA_BOOTSTRAP_SERVERS", surroundings.broker().bootstrapServers(),
                        "NETBASE_MODULES_ROOT", surroundings.modules().toString(),
                        "NETBASE_ARTIFACTS_ROOT", folder.resolve("artifacts").toString(),
                        "NETBASE_WORKSPACES_ROOT", folder.resolve("workspaces").toString(),
                        "NETBASE_CACHE_ROOT", folder.resolve("cache").toString()));
        return command.start();
    }

    private static boolean isReady(Process service, URI http) {
        if (!service.isAlive()) {
            throw new IllegalStateException("the service has ended with " + service.exitValue());
        }
        try {
            return get(http, "/q/health/ready").getResponseCode() == HttpURLConnection.HTTP_OK;
        } catch (IOException e) {
            return false;
        }
    }

    private static HttpURLConnection get(URI http, String path) throws IOException {
        return (HttpURLConnection) http.resolve(path).toURL().openConnection();
    }
}
