package dev.netbase.scheduler.schedule;

import dev.netbase.model.schedule.Overlap;
import dev.netbase.model.schedule.TickPlan;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a tick comes to.
 *
 * @param reason why it starts no run now; null if it does
 */
record TickDecision(Instant tick, Outcome outcome, @Nullable String reason) {
    /** As the table has it. */
    enum Outcome {
        STARTED,
        SKIPPED,
        QUEUED
    }

    /**
     * Decides ticks by the policy for overlaps, in their order. Pure.
     *
     * @param busy whether the run of an earlier tick goes on
     * @param queued how many ticks wait for it
     */
    static List<TickDecision> decide(Overlap overlap, boolean busy, int queued, List<Instant> due) {
        List<TickDecision> decisions = new ArrayList<>();
        boolean running = busy;
        int waiting = queued;
        for (Instant tick : due) {
            TickDecision decision = switch (overlap) {
                case ALLOW -> new TickDecision(tick, Outcome.STARTED, null);
                case SKIP ->
                    running
                            ? new TickDecision(tick, Outcome.SKIPPED, "the run of an earlier tick was still going on")
                            : new TickDecision(tick, Outcome.STARTED, null);
                case QUEUE -> queue(tick, running, waiting);
            };
            running = running || decision.outcome() == Outcome.STARTED;
            waiting += decision.outcome() == Outcome.QUEUED ? 1 : 0;
            decisions.add(decision);
        }
        return decisions;
    }

    private static TickDecision queue(Instant tick, boolean running, int waiting) {
        if (!running && waiting == 0) {
            return new TickDecision(tick, Outcome.STARTED, null);
        }
        return waiting < TickPlan.MAX_QUEUED
                ? new TickDecision(tick, Outcome.QUEUED, "it waits for the run of an earlier tick")
                : new TickDecision(tick, Outcome.SKIPPED, TickPlan.MAX_QUEUED + " ticks were waiting already");
    }
}
