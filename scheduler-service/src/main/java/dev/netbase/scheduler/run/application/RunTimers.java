package dev.netbase.scheduler.run.application;

import dev.netbase.scheduler.run.domain.RunEvent;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * When runs are to be told of what is due: tasks' next attempts, and the ends of runs' time. Lost with the process, and
 * made anew when a run's state is read again. For the scheduler's thread alone.
 */
@ApplicationScoped
public class RunTimers {
    private static final Comparator<Timer> BY_TIME = Comparator.comparing(Timer::due)
            .thenComparing(Timer::runId)
            .thenComparing(timer -> timer.event() instanceof RunEvent.RetryDue(long taskId) ? taskId : -1L);

    private final TreeSet<Timer> timers = new TreeSet<>(BY_TIME);
    private final Map<String, Timer> timeouts = new HashMap<>();

    /** Something that a run is to be told. */
    public record Timer(Instant due, String runId, RunEvent event) {}

    /** Sets a timer. A run has one for its timeout: the last one set. */
    public void set(Timer timer) {
        if (timer.event() instanceof RunEvent.TimeoutDue) {
            forget(timer.runId());
            timeouts.put(timer.runId(), timer);
        }
        timers.add(timer);
    }

    /** Takes away the timer of a run's timeout, for the run has ended. */
    public void forget(String runId) {
        Timer timeout = timeouts.remove(runId);
        if (timeout != null) {
            timers.remove(timeout);
        }
    }

    /** Takes out the timers that are due. */
    public List<Timer> takeDue(Instant now) {
        List<Timer> due = new ArrayList<>();
        while (!timers.isEmpty() && !timers.first().due().isAfter(now)) {
            Timer timer = timers.removeFirst();
            timeouts.remove(timer.runId(), timer);
            due.add(timer);
        }
        return due;
    }

    /** When the next is due. */
    public Optional<Instant> next() {
        return timers.isEmpty() ? Optional.empty() : Optional.of(timers.first().due());
    }
}
