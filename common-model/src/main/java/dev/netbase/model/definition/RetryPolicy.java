package dev.netbase.model.definition;

import dev.netbase.model.task.TaskErrorCode;
import java.time.Duration;
import java.util.Set;

/**
 * When a failed task is tried again.
 *
 * @param maxAttempts attempts in all, 1 to 100
 * @param backoff the wait before the second attempt
 * @param multiplier what each further wait is multiplied by, at least 1
 * @param maxBackoff no wait is longer
 * @param codes the error codes worth another attempt; empty means all
 */
public record RetryPolicy(
        int maxAttempts, Duration backoff, double multiplier, Duration maxBackoff, Set<TaskErrorCode> codes) {
    /** One attempt. */
    public static final RetryPolicy NONE =
            new RetryPolicy(1, Duration.ofSeconds(1), 2, Duration.ofMinutes(1), Set.of());

    /**
     * The wait after a failed attempt, without jitter.
     *
     * @param failures attempts that have failed so far, from 1
     */
    public Duration waitAfter(int failures) {
        double millis = backoff.toMillis() * Math.pow(multiplier, failures - 1.0);
        return millis >= maxBackoff.toMillis() ? maxBackoff : Duration.ofMillis((long) millis);
    }

    /** Whether a task that failed this often, the last time with {@code code}, is tried again. */
    public boolean allows(int failures, TaskErrorCode code) {
        return failures < maxAttempts && (codes.isEmpty() || codes.contains(code));
    }
}
