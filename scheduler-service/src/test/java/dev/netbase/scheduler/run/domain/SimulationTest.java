package dev.netbase.scheduler.run.domain;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * Random graphs, with sub-workflows, under random schedules: two schedulers with caches and clocks of their own, records
 * and events that are dropped, repeated and reordered, crashes between any two steps, workers that vanish, runs that are
 * cancelled, time out, and are retried. A failing seed is told with its trace and replays with
 * {@code -Dsimulation.seed=N}; {@code -Dsimulation.minutes=60} runs for as long.
 */
class SimulationTest {
    private static final int SEEDS = 3_000;

    @Test
    void shouldBringEveryRunToTheRightEndUnderAnySchedule() {
        Long one = Long.getLong("simulation.seed");
        if (one != null) {
            replay(one);
            return;
        }
        Instant end = Instant.now().plus(Duration.ofMinutes(Long.getLong("simulation.minutes", 0)));
        long first = Long.getLong("simulation.first", 1);
        for (long seed = first; seed < first + SEEDS || Instant.now().isBefore(end); seed++) {
            try {
                new SimulatedWorld(seed, line -> {}).run();
            } catch (AssertionError | RuntimeException e) {
                replay(seed);
                throw new AssertionError("seed " + seed + " failed once and not when replayed", e);
            }
        }
    }

    private static void replay(long seed) {
        StringBuilder trace = new StringBuilder();
        try {
            new SimulatedWorld(seed, line -> trace.append(line).append('\n')).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + " failed; replay with -Dsimulation.seed=" + seed + "\n" + trace, e);
        }
    }
}
