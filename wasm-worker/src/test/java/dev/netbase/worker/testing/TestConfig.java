package dev.netbase.worker.testing;

import dev.netbase.worker.group.application.WorkerConfig;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.time.Duration;
import java.util.Optional;

/** A worker's configuration, as its defaults but for what a test sets. */
public record TestConfig(
        Optional<String> name,
        int maxTasks,
        int concurrency,
        Duration lease,
        Duration drainTimeout,
        MemorySize maxInputs,
        MemorySize maxGuestMemory,
        MemorySize readAhead)
        implements WorkerConfig {
    /** The defaults, under a name. */
    public static TestConfig named(String name) {
        return new TestConfig(
                Optional.of(name),
                2_000,
                1_000,
                Duration.ofSeconds(15),
                Duration.ofSeconds(10),
                bytes(256L << 20),
                bytes(64L << 30),
                bytes(16L << 20));
    }

    private static MemorySize bytes(long bytes) {
        return new MemorySize(BigInteger.valueOf(bytes));
    }

    public TestConfig withMaxTasks(int value) {
        return new TestConfig(name, value, concurrency, lease, drainTimeout, maxInputs, maxGuestMemory, readAhead);
    }

    public TestConfig withConcurrency(int value) {
        return new TestConfig(name, maxTasks, value, lease, drainTimeout, maxInputs, maxGuestMemory, readAhead);
    }

    public TestConfig withDrainTimeout(Duration value) {
        return new TestConfig(name, maxTasks, concurrency, lease, value, maxInputs, maxGuestMemory, readAhead);
    }

    public TestConfig withLease(Duration value) {
        return new TestConfig(name, maxTasks, concurrency, value, drainTimeout, maxInputs, maxGuestMemory, readAhead);
    }

    public TestConfig withMaxInputs(long value) {
        return new TestConfig(
                name, maxTasks, concurrency, lease, drainTimeout, bytes(value), maxGuestMemory, readAhead);
    }
}
