package dev.netbase.api.run.rest;

import dev.netbase.api.platform.problem.ProblemException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The query parameter {@code wait}: {@code 500ms}, {@code 30s} or {@code 1m}. */
final class WaitTime {
    /** The longest that a request may wait. */
    static final Duration MAX = Duration.ofMinutes(1);

    private static final Pattern FORMAT = Pattern.compile("([0-9]{1,6})(ms|s|m)");

    private WaitTime() {}

    /**
     * The time to wait; absent means zero.
     *
     * @throws ProblemException {@code invalid-request} if it is malformed or over a minute
     */
    static Duration parse(@Nullable String text) {
        if (text == null) {
            return Duration.ZERO;
        }
        Matcher matcher = FORMAT.matcher(text);
        if (matcher.matches()) {
            long amount = Long.parseLong(matcher.group(1));
            Duration wait = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                default -> Duration.ofMinutes(amount);
            };
            if (wait.compareTo(MAX) <= 0) {
                return wait;
            }
        }
        throw ProblemException.invalidField("wait", "must be a time such as 500ms, 30s or 1m, and at most 1m");
    }
}
