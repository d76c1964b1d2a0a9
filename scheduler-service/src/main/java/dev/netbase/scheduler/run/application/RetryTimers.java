package dev.netbase.scheduler.run.application;

import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;

/**
 * When tasks' next attempts are due. Lost with the process, and made anew when a run's state is read again. For the
 * scheduler's thread alone.
 */
@ApplicationScoped
public class RetryTimers {
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparing(Timer::due));

    /** A task's next attempt. */
    public record Timer(Instant due, String runId, long taskId) {}

    /** Sets a timer. */
    public void set(Timer timer) {
        timers.add(timer);
    }

    /** Takes out the timers that are due. */
    public List<Timer> takeDue(Instant now) {
        List<Timer> due = new ArrayList<>();
        while (!timers.isEmpty() && !timers.peek().due().isAfter(now)) {
            due.add(timers.remove());
        }
        return due;
    }

    /** When the next is due. */
    public Optional<Instant> next() {
        return Optional.ofNullable(timers.peek()).map(Timer::due);
    }
}
