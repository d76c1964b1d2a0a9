package dev.netbase.worker.group.application;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.time.Duration;
import java.util.Optional;

/** How this worker takes and runs tasks: {@code netbase.worker.*}. */
@ConfigMapping(prefix = "netbase.worker")
public interface WorkerConfig {
    /** The worker's name, unique among live workers; by default the host's name and a random suffix. */
    Optional<String> name();

    /** How many tasks are in hand, waiting ones included, before no more groups are taken. */
    @WithDefault("2000")
    int maxTasks();

    /** How many tasks run at a time; no more than the sandbox has slots. */
    @WithDefault("1000")
    int concurrency();

    /** Bytes of inputs in hand before no more groups are taken, and the most that those of running tasks have. */
    @WithDefault("256M")
    MemorySize maxInputs();

    /**
     * What the memory limits of all running tasks come to at most; a task over it runs alone. The default lets the
     * default number of tasks with the default limit run.
     */
    @WithDefault("64G")
    MemorySize maxGuestMemory();

    /**
     * About how many bytes on the heap the task groups take that are read ahead of the tasks in hand, so that small runs
     * need not wait for large ones; urgent ones as much again.
     */
    @WithDefault("16M")
    MemorySize readAhead();

    /**
     * How long the lease lasts without a renewal, so how soon the tasks of a dead worker run elsewhere. It is renewed
     * after each third of it.
     */
    @WithDefault("15s")
    Duration lease();

    /** How long running tasks may take to end after SIGTERM before they are stopped and left to other workers. */
    @WithDefault("10s")
    Duration drainTimeout();
}
