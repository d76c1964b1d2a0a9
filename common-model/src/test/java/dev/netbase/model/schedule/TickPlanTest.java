package dev.netbase.model.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import org.junit.jupiter.api.Test;

class TickPlanTest {
    private static final CronSchedule HOURLY = CronSchedule.of("0 * * * *", ZoneId.of("UTC"));
    private static final Instant FIRST = Instant.parse("2026-01-01T10:00:00Z");

    @Test
    void shouldWaitForATickThatIsNotDue() {
        assertThat(TickPlan.of(HOURLY, CatchUp.ALL, FIRST, FIRST.minusSeconds(1)))
                .isEqualTo(new TickPlan(List.of(), java.util.Optional.of(FIRST)));
    }

    @Test
    void shouldRunATickThatIsTakenInTimeWhateverThePolicy() {
        for (CatchUp policy : CatchUp.values()) {
            TickPlan plan = TickPlan.of(HOURLY, policy, FIRST, FIRST.plusSeconds(59));

            assertThat(plan.due()).containsExactly(FIRST);
            assertThat(plan.next()).contains(FIRST.plus(Duration.ofHours(1)));
        }
    }

    @Test
    void shouldTreatMissedTicksAsThePolicySays() {
        Instant now = FIRST.plus(Duration.ofHours(3)).plus(Duration.ofMinutes(10));

        assertThat(TickPlan.of(HOURLY, CatchUp.SKIP, FIRST, now).due()).isEmpty();
        assertThat(TickPlan.of(HOURLY, CatchUp.ONE, FIRST, now).due()).containsExactly(FIRST.plus(Duration.ofHours(3)));
        assertThat(TickPlan.of(HOURLY, CatchUp.ALL, FIRST, now).due())
                .containsExactly(
                        FIRST,
                        FIRST.plus(Duration.ofHours(1)),
                        FIRST.plus(Duration.ofHours(2)),
                        FIRST.plus(Duration.ofHours(3)));
        for (CatchUp policy : CatchUp.values()) {
            assertThat(TickPlan.of(HOURLY, policy, FIRST, now).next()).contains(FIRST.plus(Duration.ofHours(4)));
        }
    }

    @Test
    void shouldRunOnlyTheLatestOfVeryManyMissedTicks() {
        CronSchedule everyMinute = CronSchedule.of("* * * * *", ZoneId.of("UTC"));
        Instant now = FIRST.plus(Duration.ofDays(400));

        TickPlan plan = TickPlan.of(everyMinute, CatchUp.ALL, FIRST, now);

        assertThat(plan.due()).hasSize(TickPlan.MAX_CATCH_UP).last().isEqualTo(now);
        assertThat(plan.due().getFirst()).isEqualTo(now.minus(Duration.ofMinutes(TickPlan.MAX_CATCH_UP - 1)));
        assertThat(TickPlan.of(
                                CronSchedule.of("0 0 1 * *", ZoneId.of("UTC")),
                                CatchUp.ALL,
                                Instant.parse("2026-02-01T00:00:00Z"),
                                now)
                        .due())
                .hasSize(13);
    }
}
