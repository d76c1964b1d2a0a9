package dev.netbase.tools.module;

import dev.netbase.model.limits.TaskLimit;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code config.limits} of one run. */
final class LimitOptions {
    @Option(
            names = "--fuel",
            paramLabel = "N",
            converter = Amounts.Count.class,
            description = "about one per instruction (default 10G)")
    private @Nullable Long fuel;

    @Option(
            names = "--memory",
            paramLabel = "SIZE",
            converter = Amounts.Bytes.class,
            description = "all linear memories together (default 64M)")
    private @Nullable Long memory;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Amounts.Time.class,
            description = "wall clock, compiling apart (default 30s)")
    private @Nullable Duration timeout;

    @Option(
            names = "--output-bytes",
            paramLabel = "SIZE",
            converter = Amounts.Bytes.class,
            description = "of the output (default 1M)")
    private @Nullable Long output;

    @Option(
            names = "--limit",
            paramLabel = "NAME=N",
            description = "any limit by its name in config.limits, for example workspace_files=100; may be repeated")
    private Map<String, Long> others = Map.of();

    /** Adds those that are given. */
    void addTo(Map<String, @Nullable Object> config) {
        Map<String, Long> limits = new HashMap<>(others);
        put(limits, TaskLimit.FUEL, fuel);
        put(limits, TaskLimit.MEMORY_BYTES, memory);
        put(limits, TaskLimit.TIMEOUT_MS, timeout == null ? null : timeout.toMillis());
        put(limits, TaskLimit.OUTPUT_BYTES, output);
        if (!limits.isEmpty()) {
            config.put("limits", limits);
        }
    }

    private static void put(Map<String, Long> limits, TaskLimit limit, @Nullable Long value) {
        if (value != null) {
            limits.put(limit.key(), value);
        }
    }
}
