package dev.netbase.model.schedule;

import com.cronutils.model.CronType;
import com.cronutils.model.definition.CronDefinitionBuilder;
import com.cronutils.model.time.ExecutionTime;
import com.cronutils.parser.CronParser;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.zone.ZoneOffsetTransition;
import java.time.zone.ZoneRules;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A cron expression of five fields (minute, hour, day of month, month, day of week) in a time zone.
 *
 * <p>Where clocks are put forward or back, it does as cron does. A schedule for certain hours keeps to the clock on the
 * wall: a tick in the hour that is left out comes at its end, and one in the hour that comes twice comes the first time
 * only. A schedule for every hour ({@code *} as the hour, with or without a step) keeps to time as it passes: nothing
 * comes for the hour that is left out, and both hours have their ticks. Immutable.
 */
public final class CronSchedule {
    private static final CronParser PARSER = new CronParser(CronDefinitionBuilder.instanceDefinitionFor(CronType.UNIX));
    private static final int MAX_CHARS = 200;
    /** Time zones change their offset a few times a year; what ticks in none of so many will never tick. */
    private static final int MAX_TRANSITIONS = 400;

    private final ExecutionTime times;
    private final ZoneId zone;
    private final boolean everyHour;

    private CronSchedule(ExecutionTime times, ZoneId zone, boolean everyHour) {
        this.times = times;
        this.zone = zone;
        this.everyHour = everyHour;
    }

    /**
     * Reads an expression.
     *
     * @throws IllegalArgumentException if it is not one of five fields, with what is wrong
     */
    public static CronSchedule of(String expression, ZoneId zone) {
        if (expression.length() > MAX_CHARS) {
            throw new IllegalArgumentException("has more than " + MAX_CHARS + " characters");
        }
        String[] fields = expression.strip().split("\\s+");
        if (fields.length != 5) {
            throw new IllegalArgumentException("must have five fields: minute, hour, day of month, month, day of week");
        }
        return new CronSchedule(
                ExecutionTime.forCron(PARSER.parse(String.join(" ", fields))), zone, fields[1].startsWith("*"));
    }

    /**
     * A time zone by its name in the IANA database, or an offset.
     *
     * @throws IllegalArgumentException if there is none of this name
     */
    public static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "must be the name of a time zone, such as UTC or Europe/Berlin, not '" + name + "'", e);
        }
    }

    /** The first tick after {@code after}, or empty if there will be none. */
    public Optional<Instant> next(Instant after) {
        ZoneRules rules = zone.getRules();
        Instant from = after;
        LocalDateTime local = LocalDateTime.ofInstant(after, rules.getOffset(after));
        boolean inclusive = false;
        ZoneOffsetTransition last = rules.previousTransition(after.plusNanos(1));
        if (!everyHour && last != null && last.isOverlap() && local.isBefore(last.getDateTimeBefore())) {
            local = last.getDateTimeBefore();
            inclusive = true;
        }
        for (int i = 0; i < MAX_TRANSITIONS; i++) {
            ZoneOffset offset = rules.getOffset(from);
            LocalDateTime tick = nextLocal(local, inclusive);
            ZoneOffsetTransition change = rules.nextTransition(from);
            if (tick == null) {
                return Optional.empty();
            }
            if (change == null || tick.toInstant(offset).isBefore(change.getInstant())) {
                return Optional.of(tick.toInstant(offset));
            }
            if (change.isGap() && !everyHour && tick.isBefore(change.getDateTimeAfter())) {
                return Optional.of(change.getInstant());
            }
            from = change.getInstant();
            // After a gap both are later than all before it; after an overlap the first begins the hour again.
            local = everyHour || change.isGap() ? change.getDateTimeAfter() : change.getDateTimeBefore();
            inclusive = true;
        }
        return Optional.empty();
    }

    private @Nullable LocalDateTime nextLocal(LocalDateTime after, boolean inclusive) {
        // As if there were no time zones, which the library treats in ways of its own.
        LocalDateTime from = inclusive ? after.minus(Duration.ofNanos(1)) : after;
        return times.nextExecution(from.atZone(ZoneOffset.UTC))
                .map(time -> time.toLocalDateTime())
                .orElse(null);
    }
}
