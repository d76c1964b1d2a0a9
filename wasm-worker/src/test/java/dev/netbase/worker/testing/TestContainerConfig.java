package dev.netbase.worker.testing;

import dev.netbase.worker.container.ContainerConfig;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** How containers run in tests: as by default but for what a test sets, two at a time, and nothing is fetched. */
public record TestContainerConfig(
        Engine engine,
        Kubernetes kubernetes,
        Optional<String> endpoint,
        int concurrency,
        Optional<String> user,
        Pull pull,
        Optional<List<String>> allowedImages,
        Optional<String> network,
        String buildNetwork,
        Duration imageTimeout,
        Duration answerTimeout,
        MemorySize tmpSize)
        implements ContainerConfig {
    private record Shared(
            Optional<String> namespace, Optional<String> claim, Optional<Path> sharedRoot, Duration keptFor)
            implements Kubernetes {}

    /** No engine. */
    public static TestContainerConfig none() {
        return new TestContainerConfig(
                Engine.DOCKER,
                new Shared(Optional.empty(), Optional.empty(), Optional.empty(), Duration.ofMinutes(5)),
                Optional.empty(),
                2,
                Optional.empty(),
                Pull.NEVER,
                Optional.empty(),
                Optional.empty(),
                "none",
                Duration.ofMinutes(1),
                Duration.ofSeconds(30),
                new MemorySize(BigInteger.valueOf(1 << 20)));
    }

    /** An engine that speaks the Docker API. */
    public static TestContainerConfig docker(String endpoint) {
        return none().with(Engine.DOCKER, none().kubernetes(), Optional.of(endpoint));
    }

    /** A cluster whose Jobs share a volume with the worker. */
    public static TestContainerConfig cluster(String namespace, String claim, Path sharedRoot) {
        Kubernetes shared =
                new Shared(Optional.of(namespace), Optional.of(claim), Optional.of(sharedRoot), Duration.ofMinutes(5));
        return none().with(Engine.KUBERNETES, shared, Optional.empty());
    }

    public TestContainerConfig withPull(Pull value) {
        return new TestContainerConfig(
                engine,
                kubernetes,
                endpoint,
                concurrency,
                user,
                value,
                allowedImages,
                network,
                buildNetwork,
                imageTimeout,
                answerTimeout,
                tmpSize);
    }

    public TestContainerConfig withAllowedImages(String... prefixes) {
        return new TestContainerConfig(
                engine,
                kubernetes,
                endpoint,
                concurrency,
                user,
                pull,
                Optional.of(List.of(prefixes)),
                network,
                buildNetwork,
                imageTimeout,
                answerTimeout,
                tmpSize);
    }

    private TestContainerConfig with(Engine engine, Kubernetes kubernetes, Optional<String> endpoint) {
        return new TestContainerConfig(
                engine,
                kubernetes,
                endpoint,
                concurrency,
                user,
                pull,
                allowedImages,
                network,
                buildNetwork,
                imageTimeout,
                answerTimeout,
                tmpSize);
    }
}
