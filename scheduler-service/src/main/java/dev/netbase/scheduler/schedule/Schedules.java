package dev.netbase.scheduler.schedule;

import dev.netbase.model.message.RunRequest;
import dev.netbase.scheduler.chore.Chore;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.SchedulerHints;
import dev.netbase.scheduler.run.application.Definitions;
import dev.netbase.scheduler.trace.RunTraces;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** Looks every second which schedules are due. */
@ApplicationScoped
public class Schedules implements Chore {
    private final Ticker ticker;
    private final SchedulerHints hints;
    private final Counter started;

    public Schedules(Database database, SchedulerHints hints, RunTraces traces, MeterRegistry metrics) {
        // compiled definitions are for one thread; the loop has its own
        this.ticker = new Ticker(database, new Definitions(database), traces);
        this.hints = hints;
        this.started = metrics.counter("netbase.scheduler.schedule.runs");
    }

    @Override
    public String name() {
        return "schedules";
    }

    @Override
    public Duration interval() {
        return Duration.ofSeconds(1);
    }

    @Override
    public void turn() {
        List<Ticker.Made> made;
        do {
            made = ticker.tick(Instant.now());
            started.increment(made.size());
            made.forEach(run ->
                    hints.give(run.held() ? RunRequest.Type.RUN_HELD : RunRequest.Type.RUN_REQUESTED, run.runId()));
        } while (!made.isEmpty());
    }
}
