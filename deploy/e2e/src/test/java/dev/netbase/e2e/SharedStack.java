package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.testing.TestPodman;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** One stack for all tests of this JVM, which is what takes time; stopped with it. Tests name what they make apart. */
final class SharedStack {
    /** The classes that use it take turns. */
    static final String IN_USE = "the shared stack";

    private static NetbaseUp current;
    private static TestPodman podman;
    private static ObjectStore objects;
    private static int objectsPort;
    private static SpanCollector spans;

    private SharedStack() {}

    static synchronized NetbaseUp get() throws IOException {
        if (current == null) {
            Path data = Files.createTempDirectory("netbase-e2e");
            spans = SpanCollector.start();
            if (TestPodman.missing().isEmpty() || Boolean.parseBoolean(System.getenv("CI"))) {
                podman = startPodman();
            }
            objectsPort = NetbaseUp.freePort();
            current = NetbaseUp.start(data, settings());
            Runtime.getRuntime().addShutdownHook(new Thread(SharedStack::end, "stop-the-stack"));
        }
        return current;
    }

    /** Stops it in good order and starts it on the same data. */
    static synchronized NetbaseUp restart() throws IOException, InterruptedException {
        NetbaseUp before = get();
        assertThat(before.stop()).isZero();
        current = NetbaseUp.start(before.data(), settings());
        return current;
    }

    /** {@code kill -9} of all its processes, and a start on the same data. */
    static synchronized NetbaseUp killTreeAndRestart() throws IOException {
        NetbaseUp before = get();
        before.killTree();
        current = NetbaseUp.start(before.data(), settings());
        return current;
    }

    /** The engine that runs the stack's containers, if Podman is installed. */
    static synchronized Optional<TestPodman> podman() throws IOException {
        get();
        return Optional.ofNullable(podman);
    }

    /** The server whose buckets the stack's tasks may read; started when it is first asked for. */
    static synchronized ObjectStore objects() throws IOException {
        get();
        if (objects == null) {
            objects = ObjectStore.start(objectsPort);
        }
        return objects;
    }

    /** Where its services send their spans of traces that somebody else keeps; none of their own are kept. */
    static synchronized SpanCollector spans() throws IOException {
        get();
        return spans;
    }

    /** As in production: lines for machines, and traces. */
    private static Map<String, String> settings() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "QUARKUS_LOG_CONSOLE_JSON_ENABLED", "true",
                "QUARKUS_LOG_CATEGORY__DEV_NETBASE_SCHEDULER_DISPATCH__LEVEL", "DEBUG",
                "QUARKUS_OTEL_SDK_DISABLED", "false",
                "QUARKUS_OTEL_EXPORTER_OTLP_ENDPOINT", spans.endpoint(),
                "QUARKUS_OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf",
                "QUARKUS_OTEL_BSP_SCHEDULE_DELAY", "200ms",
                "QUARKUS_OTEL_TRACES_SAMPLER_ARG", "0.0"));
        settings.putAll(ObjectStore.settings(objectsPort));
        if (podman != null) {
            settings.put("NETBASE_CONTAINER_ENDPOINT", podman.endpoint());
        }
        return settings;
    }

    private static TestPodman startPodman() throws IOException {
        try {
            return TestPodman.start();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static synchronized void end() {
        try {
            if (current != null) {
                current.close();
                NetbaseUp.delete(current.data());
            }
            if (podman != null) {
                podman.close();
            }
            if (objects != null) {
                objects.close();
            }
            if (spans != null) {
                spans.close();
            }
        } catch (IOException e) {
            System.err.println("the stack's data stay behind: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
