package dev.netbase.model.schedule;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CronScheduleTest {
    private static List<String> ticks(String cron, String zone, String after, int count) {
        CronSchedule schedule = CronSchedule.of(cron, ZoneId.of(zone));
        List<String> ticks = new ArrayList<>();
        Instant at = Instant.parse(after);
        for (int i = 0; i < count; i++) {
            at = schedule.next(at).orElseThrow();
            ticks.add(at.toString());
        }
        return ticks;
    }

    @Test
    void shouldKeepToTheZonesClock() {
        assertThat(ticks("30 9 * * *", "Europe/Berlin", "2026-01-01T08:00:00Z", 1))
                .containsExactly("2026-01-01T08:30:00Z");
        assertThat(ticks("30 9 * * *", "Europe/Berlin", "2026-07-01T08:00:00Z", 1))
                .containsExactly("2026-07-02T07:30:00Z");
        assertThat(ticks("0 0 29 2 *", "UTC", "2026-01-01T00:00:00Z", 2))
                .containsExactly("2028-02-29T00:00:00Z", "2032-02-29T00:00:00Z");
        assertThat(ticks("0 12 * * 1-5", "UTC", "2026-11-27T12:00:00Z", 1)).containsExactly("2026-11-30T12:00:00Z");
    }

    @Test
    void shouldRunAtTheEndOfAnHourThatIsLeftOut() {
        // 29 March 2026, 02:00 -> 03:00 in Berlin, at 01:00 UTC
        assertThat(ticks("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3))
                .containsExactly("2026-03-28T01:30:00Z", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z");
        assertThat(ticks("*/20 2 * * *", "Europe/Berlin", "2026-03-28T23:00:00Z", 2))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
        assertThat(ticks("0 2,3 * * *", "Europe/Berlin", "2026-03-28T23:00:00Z", 2))
                .containsExactly("2026-03-29T01:00:00Z", "2026-03-30T00:00:00Z");
    }

    @Test
    void shouldRunOnceInAnHourThatComesTwice() {
        // 25 October 2026, 03:00 -> 02:00 in Berlin, at 01:00 UTC
        assertThat(ticks("30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 2))
                .containsExactly("2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z");
        assertThat(ticks("30 2 * * *", "Europe/Berlin", "2026-10-25T01:10:00Z", 1))
                .containsExactly("2026-10-26T01:30:00Z");
        assertThat(ticks("0 3 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", 1))
                .containsExactly("2026-10-25T02:00:00Z");
    }

    @Test
    void shouldKeepToPassingTimeWhereEveryHourIsMeant() {
        assertThat(ticks("15 * * * *", "Europe/Berlin", "2026-10-24T23:00:00Z", 4))
                .containsExactly(
                        "2026-10-24T23:15:00Z", "2026-10-25T00:15:00Z", "2026-10-25T01:15:00Z", "2026-10-25T02:15:00Z");
        assertThat(ticks("15 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 3))
                .containsExactly("2026-03-29T00:15:00Z", "2026-03-29T01:15:00Z", "2026-03-29T02:15:00Z");
        assertThat(ticks("*/30 * * * *", "Australia/Lord_Howe", "2026-04-04T14:20:00Z", 3))
                .containsExactly("2026-04-04T14:30:00Z", "2026-04-04T15:00:00Z", "2026-04-04T15:30:00Z");
    }

    @Test
    void shouldRefuseWhatIsNoScheduleAndSayWhenNothingComes() {
        for (String cron : List.of("", "* * * *", "* * * * * *", "61 * * * *", "0 25 * * *", "a b c d e", "@daily")) {
            assertThatThrownBy(() -> CronSchedule.of(cron, ZoneId.of("UTC")))
                    .as(cron)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> CronSchedule.zone("Europe/Nowhere")).hasMessageContaining("Europe/Nowhere");
        assertThat(CronSchedule.of("0 0 31 2 *", ZoneId.of("UTC")).next(Instant.parse("2026-01-01T00:00:00Z")))
                .isEqualTo(Optional.empty());
    }
}
