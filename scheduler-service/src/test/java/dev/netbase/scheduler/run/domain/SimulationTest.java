package dev.netbase.scheduler.run.domain;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/**
 * Random graphs, with sub-workflows, under random schedules: two schedulers with caches and clocks of their own that jump,
 * records and events that are dropped, repeated and reordered, crashes between any two steps, workers that vanish, runs
 * that are cancelled, time out, and are retried. A failing seed is told with its trace and replays with
 * {@code -Dsimulation.seed=N}; {@code -Dsimulation.minutes=60} runs for as long.
 */
class SimulationTest {
    private static final int SEEDS = 3_000;

    @Test
    void shouldBringEveryRunToTheRightEndUnderAnySchedule() {
        Long one = Long.getLong("simulation.seed");
        if (one != null) {
            replay(one, true);
            return;
        }
        Instant end = Instant.now().plus(Duration.ofMinutes(Long.getLong("simulation.minutes", 0)));
        long first = Long.getLong("simulation.first", 1);
        long seed = first;
        while (seed < first + SEEDS || Instant.now().isBefore(end)) {
            check(seed++, true);
        }
        System.out.printf("simulation: seeds %d to %d%n", first, seed - 1);
    }

    /** Without the condition on a run's version the simulation must fail, and say how to see that again. */
    @Test
    void shouldNoticeAnAdvanceThatIsNotFencedAndTellASeedThatReplays() {
        AssertionError first = null;
        long seed = 0;
        while (first == null && seed++ < SEEDS) {
            first = failure(seed);
        }

        assertThat(first).as("of %d seeds without fencing", SEEDS).isNotNull();
        assertThat(first)
                .hasMessageStartingWith("seed " + seed + " failed; replay with -Dsimulation.seed=" + seed + "\n")
                .hasMessageContaining("scheduler 0 root [");
        assertThat(failure(seed)).hasMessage(first.getMessage());
    }

    private static AssertionError failure(long seed) {
        try {
            check(seed, false);
            return null;
        } catch (AssertionError e) {
            return e;
        }
    }

    private static void check(long seed, boolean fenced) {
        try {
            new SimulatedWorld(seed, fenced, line -> {}).run();
        } catch (AssertionError | RuntimeException e) {
            replay(seed, fenced);
            throw new AssertionError("seed " + seed + " failed once and not when replayed", e);
        }
    }

    private static void replay(long seed, boolean fenced) {
        StringBuilder trace = new StringBuilder();
        try {
            new SimulatedWorld(seed, fenced, line -> trace.append(line).append('\n')).run();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "seed " + seed + " failed; replay with -Dsimulation.seed=" + seed + "\n" + trace, e);
        }
    }
}
