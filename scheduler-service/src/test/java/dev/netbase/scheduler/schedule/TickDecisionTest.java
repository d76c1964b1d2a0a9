package dev.netbase.scheduler.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.schedule.Overlap;
import dev.netbase.model.schedule.TickPlan;
import dev.netbase.scheduler.schedule.TickDecision.Outcome;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class TickDecisionTest {
    private static final List<Instant> THREE =
            List.of(Instant.ofEpochSecond(60), Instant.ofEpochSecond(120), Instant.ofEpochSecond(180));

    private static List<Outcome> decide(Overlap overlap, boolean busy, int queued) {
        return TickDecision.decide(overlap, busy, queued, THREE).stream()
                .map(TickDecision::outcome)
                .toList();
    }

    @Test
    void shouldDecideByThePolicy() {
        assertThat(decide(Overlap.ALLOW, true, 0)).containsOnly(Outcome.STARTED).hasSize(3);
        assertThat(decide(Overlap.SKIP, false, 0)).containsExactly(Outcome.STARTED, Outcome.SKIPPED, Outcome.SKIPPED);
        assertThat(decide(Overlap.SKIP, true, 0)).containsOnly(Outcome.SKIPPED);
        assertThat(decide(Overlap.QUEUE, false, 0)).containsExactly(Outcome.STARTED, Outcome.QUEUED, Outcome.QUEUED);
        assertThat(decide(Overlap.QUEUE, false, 1)).as("in order").containsOnly(Outcome.QUEUED);
        assertThat(decide(Overlap.QUEUE, true, TickPlan.MAX_QUEUED - 1))
                .containsExactly(Outcome.QUEUED, Outcome.SKIPPED, Outcome.SKIPPED);
    }
}
