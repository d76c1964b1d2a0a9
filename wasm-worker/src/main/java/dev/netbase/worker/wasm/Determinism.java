package dev.netbase.worker.wasm;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * What a guest sees instead of real time and real randomness, so that the same module and input give the same output
 * and the same fuel.
 *
 * @param clock what the clock shows at first, from 1970 to 2261; only sleeping moves it, and then at once
 * @param seed where randomness begins
 */
public record Determinism(Instant clock, long seed) {
    /** The clock of an agent that names none. */
    public static final Instant DEFAULT_CLOCK = Instant.parse("2000-01-01T00:00:00Z");

    private static final Instant LAST = Instant.parse("2262-01-01T00:00:00Z");

    public Determinism {
        if (clock.isBefore(Instant.EPOCH) || !clock.isBefore(LAST)) {
            throw new IllegalArgumentException("the clock must be between 1970 and 2261");
        }
    }

    /** The clock in nanoseconds since 1970. */
    long clockNanoseconds() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, clock);
    }
}
