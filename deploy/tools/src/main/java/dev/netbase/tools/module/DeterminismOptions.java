package dev.netbase.tools.module;

import dev.netbase.worker.wasm.Determinism;
import java.time.Instant;
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

    /**
     * What is asked for; a clock or a seed alone asks for all of it.
     *
     * @throws ToolException for a clock that no guest can have
     */
    @Nullable
    Determinism determinism() {
        if (!on && clock == null && seed == null) {
            return null;
        }
        try {
            return new Determinism(clock == null ? Determinism.DEFAULT_CLOCK : clock, seed == null ? 0 : seed);
        } catch (IllegalArgumentException e) {
            throw new ToolException("--clock: " + e.getMessage());
        }
    }
}
