package dev.netbase.scheduler.run.application;

import dev.netbase.scheduler.platform.SchedulerConfig;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * States of unfinished runs, least recently used out first. Only a cache: every advance is conditional on the run's
 * version in the database. For the scheduler's thread alone.
 */
@ApplicationScoped
public class RunCache {
    private final int maxRuns;
    private final long maxTasks;
    private final Map<String, Kept> runs = new LinkedHashMap<>(256, 0.75f, true);
    private long tasks;

    private record Kept(ActiveRun run, long tasks) {
        Kept(ActiveRun run) {
            this(run, tasksOf(run));
        }
    }

    public RunCache(SchedulerConfig config) {
        this.maxRuns = config.cachedRuns();
        this.maxTasks = config.cachedTasks();
    }

    /** The run's state, if it is kept. */
    public Optional<ActiveRun> get(String runId) {
        return Optional.ofNullable(runs.get(runId)).map(Kept::run);
    }

    /** Keeps a state, or forgets it if the run has ended. */
    public void put(ActiveRun run) {
        remove(run.id());
        if (run.state().status().isTerminal()) {
            return;
        }
        Kept kept = new Kept(run);
        runs.put(run.id(), kept);
        tasks += kept.tasks();
        Iterator<Kept> eldest = runs.values().iterator();
        while (runs.size() > 1 && (runs.size() > maxRuns || tasks > maxTasks)) {
            tasks -= eldest.next().tasks();
            eldest.remove();
        }
    }

    /** Forgets a state. */
    public void remove(String runId) {
        Kept removed = runs.remove(runId);
        if (removed != null) {
            tasks -= removed.tasks();
        }
    }

    /** Forgets these states. */
    public void removeAll(Collection<String> runIds) {
        runIds.forEach(this::remove);
    }

    /** Forgets everything. */
    public void clear() {
        runs.clear();
        tasks = 0;
    }

    private static long tasksOf(ActiveRun run) {
        long tasks = 0;
        for (var node : run.state().nodes().values()) {
            tasks += node.tasks().size();
        }
        return tasks;
    }
}
