package dev.netbase.tools.module;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code config.deterministic} of one run. */
final class DeterminismOptions {
    @Option(
            names = "--deterministic",
            description = "config.deterministic: the same module and input give the same output and fuel")
    private boolean on;

    @Option(names = "--clock", paramLabel = "TIME", description = "when that is, such as 2026-01-31T12:00:00Z")
    private @Nullable Instant clock;

    @Option(names = "--seed", paramLabel = "N", description = "of its randomness (default 0)")
    private @Nullable Long seed;

    /** A clock or a seed alone asks for all of it. */
    void addTo(Map<String, @Nullable Object> config) {
        if (!on && clock == null && seed == null) {
            return;
        }
        Map<String, Object> settings = new LinkedHashMap<>();
        if (clock != null) {
            settings.put("clock", clock.toString());
        }
        if (seed != null) {
            settings.put("seed", seed);
        }
        config.put("deterministic", settings);
    }
}
