package dev.netbase.standalone.process;

import java.time.Duration;

/**
 * When a process that ended is started again. An early exit is one before the process was ready; a process that was
 * ready starts counting anew.
 *
 * @param first pause after an exit, doubled for each further early exit
 * @param most longest pause while there is hope
 * @param failingAfter early exits in a row after which the process counts as failing
 * @param whenFailing pause from then on
 */
public record RestartPolicy(Duration first, Duration most, int failingAfter, Duration whenFailing) {
    /** Back within a second or two; failing after ten early exits in a row. */
    public static final RestartPolicy STANDARD =
            new RestartPolicy(Duration.ofMillis(200), Duration.ofMillis(1_500), 10, Duration.ofSeconds(10));

    /** The pause after this many early exits in a row; zero means that the process was ready before it ended. */
    public Duration pauseAfter(int earlyExits) {
        if (isFailing(earlyExits)) {
            return whenFailing;
        }
        Duration pause = first;
        for (int exit = 1; exit < earlyExits && pause.compareTo(most) < 0; exit++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(most) < 0 ? pause : most;
    }

    /** Whether this many early exits in a row are to be reported as a failure. */
    public boolean isFailing(int earlyExits) {
        return earlyExits >= failingAfter;
    }
}
