package dev.netbase.worker.platform;

import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.testing.TestBroker;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.model.topic.Topics;
import dev.netbase.worker.testing.Guests;
import dev.netbase.worker.testing.TestRuns;
import dev.netbase.worker.testing.Topic;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.LogManager;

/**
 * Makes the packaged worker's AOT cache, after the build has packaged it: by a start that reaches a database and a broker,
 * runs a few tasks and is stopped. The one that Quarkus makes is of a start that ends before it has connected to anything,
 * and knows half of the classes.
 */
final class AotTraining {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final int TASKS = 20;

    private AotTraining() {}

    /** Replaces {@code app.aot}; the one argument is the folder {@code quarkus-app}. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        LogManager.getLogManager().getLogger("").setLevel(Level.SEVERE);
        Path application = Path.of(arguments[0]).toAbsolutePath();
        Path folder = Files.createTempDirectory(application.getParent(), "aot-training-");
        Path cache = application.resolve("app.aot.new");
        TestDatabase database = TestDatabase.migrated();
        try (TestBroker broker = TestBroker.start()) {
            TestRuns runs = new TestRuns(database);
            Guests guests = new Guests(database, folder.resolve("modules"));
            int port = freePort();
            Process worker = start(application, cache, folder, port, database, broker);
            try {
                awaitReady(worker, URI.create("http://127.0.0.1:" + port));
                for (String guest : List.of("echo", "cat", "trap")) {
                    work(runs.group(runs.run(), TASKS, guests.publish(guest, "{}")), broker, runs);
                }
                Files.copy(
                        get(URI.create("http://127.0.0.1:" + port + "/q/metrics"))
                                .getInputStream(),
                        folder.resolve("m"));
            } finally {
                // Its end is what writes the cache.
                worker.destroy();
                if (!worker.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    worker.destroyForcibly();
                }
            }
        }
        Files.move(cache, application.resolve("app.aot"), StandardCopyOption.ATOMIC_MOVE);
        System.exit(0);
    }

    private static Process start(
            Path application, Path cache, Path folder, int port, TestDatabase database, TestBroker broker)
            throws IOException {
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
        command.environment()
                .putAll(Map.of(
                        "QUARKUS_HTTP_PORT", Integer.toString(port),
                        "QUARKUS_DATASOURCE_REACTIVE_URL", database.reactiveUrl(),
                        "QUARKUS_DATASOURCE_USERNAME", database.user(),
                        "QUARKUS_DATASOURCE_PASSWORD", database.password(),
                        "KAFKA_BOOTSTRAP_SERVERS", broker.bootstrapServers(),
                        "NETBASE_MODULES_ROOT", folder.resolve("modules").toString(),
                        "NETBASE_ARTIFACTS_ROOT", folder.resolve("artifacts").toString(),
                        "NETBASE_WORKSPACES_ROOT", folder.resolve("workspaces").toString(),
                        "NETBASE_CACHE_ROOT", folder.resolve("cache").toString()));
        return command.start();
    }

    private static void awaitReady(Process worker, URI http) throws InterruptedException {
        until("the worker is ready", () -> {
            if (!worker.isAlive()) {
                throw new IllegalStateException("the worker has ended with " + worker.exitValue());
            }
            try {
                return get(http.resolve("/q/health/ready")).getResponseCode() == HttpURLConnection.HTTP_OK;
            } catch (IOException e) {
                return false;
            }
        });
    }

    private static HttpURLConnection get(URI uri) throws IOException {
        return (HttpURLConnection) uri.toURL().openConnection();
    }

    private static void work(TaskGroup group, TestBroker broker, TestRuns runs) throws InterruptedException {
        try (Topic groups = new Topic(broker, Topics.TASK_GROUPS)) {
            groups.send(group.groupId(), group);
        }
        until(
                "tasks have ended",
                () -> TestRuns.ids(group).stream()
                        .allMatch(
                                id -> runs.column(id, "finished_at is not null").equals("t")));
    }

    private interface Condition {
        boolean holds();
    }

    private static void until(String what, Condition condition) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("not true in time: " + what);
            }
            Thread.sleep(20);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
