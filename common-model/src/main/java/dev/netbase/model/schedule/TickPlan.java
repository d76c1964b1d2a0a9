package dev.netbase.model.schedule;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

/**
 * What a schedule's ticks that are due come to. Pure.
 *
 * @param due the ticks that start a run, or would, in their order
 * @param next the first tick that is not due yet; empty if there is none
 */
public record TickPlan(List<Instant> due, Optional<Instant> next) {
    /** The most missed ticks that start runs. */
    public static final int MAX_CATCH_UP = 100;

    /** The most ticks of a schedule that wait for the run before. */
    public static final int MAX_QUEUED = 100;

    /** A tick that is decided within this time has not been missed. */
    public static final Duration GRACE = Duration.ofMinutes(1);

    /** Ticks are a minute apart at least. */
    private static final Duration SHORTEST = Duration.ofMinutes(1);

    /**
     * Plans what is due.
     *
     * @param first the first tick that has not been decided
     */
    public static TickPlan of(CronSchedule schedule, CatchUp catchUp, Instant first, Instant now) {
        if (first.isAfter(now)) {
            return new TickPlan(List.of(), Optional.of(first));
        }
        List<Instant> latest = latest(schedule, first, now);
        List<Instant> due = switch (catchUp) {
            case SKIP ->
                latest.stream().filter(tick -> !tick.isBefore(now.minus(GRACE))).toList();
            case ONE -> List.of(latest.getLast());
            case ALL -> latest;
        };
        return new TickPlan(due, schedule.next(now));
    }

    /** The latest ticks from {@code first} to {@code now}, {@link #MAX_CATCH_UP} at most; {@code first} is one. */
    private static List<Instant> latest(CronSchedule schedule, Instant first, Instant now) {
        Duration window = SHORTEST.multipliedBy(MAX_CATCH_UP);
        while (true) {
            Instant from = now.minus(window);
            boolean whole = !from.isAfter(first);
            Deque<Instant> ticks = new ArrayDeque<>();
            if (whole) {
                ticks.add(first);
            }
            Optional<Instant> tick = schedule.next(whole ? first : from);
            while (tick.isPresent() && !tick.get().isAfter(now)) {
                ticks.add(tick.get());
                if (ticks.size() > MAX_CATCH_UP) {
                    ticks.remove();
                }
                tick = schedule.next(tick.get());
            }
            if (whole || ticks.size() == MAX_CATCH_UP) {
                return new ArrayList<>(ticks);
            }
            window = window.multipliedBy(4);
        }
    }
}
