package dev.netbase.worker.testing;

import dev.netbase.worker.group.application.WorkerConfig;
import java.time.Duration;
import java.util.Optional;

/** A worker's configuration, as its defaults but for what a test sets. */
public record TestConfig(Optional<String> name, int maxTasks, int concurrency, Duration lease, Duration drainTimeout)
        implements WorkerConfig {
    /** The defaults, under a name. */
    public static TestConfig named(String name) {
        return new TestConfig(Optional.of(name), 2_000, 1_000, Duration.ofSeconds(15), Duration.ofSeconds(10));
    }

    public TestConfig withMaxTasks(int value) {
        return new TestConfig(name, value, concurrency, lease, drainTimeout);
    }

    public TestConfig withConcurrency(int value) {
        return new TestConfig(name, maxTasks, value, lease, drainTimeout);
    }

    public TestConfig withDrainTimeout(Duration value) {
        return new TestConfig(name, maxTasks, concurrency, lease, value);
    }

    public TestConfig withLease(Duration value) {
        return new TestConfig(name, maxTasks, concurrency, value, drainTimeout);
    }
}
