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
    private final Map<String, ActiveRun> runs = new LinkedHashMap<>(256, 0.75f, true);
    private long tasks;

    public RunCache(SchedulerConfig config) {
        this.maxRuns = config.cachedRuns();
        this.maxTasks = config.cachedTasks();
    }

    /** The run's state, if it is kept. */
    public Optional<ActiveRun> get(String runId) {
        return Optional.ofNullable(runs.get(runId));
    }

    /** Keeps a state, or forgets it if the run has ended. */
    public void put(ActiveRun run) {
        remove(run.id());
        if (run.state().status().isTerminal()) {
            return;
        }
        runs.put(run.id(), run);
        tasks += weight(run);
        Iterator<ActiveRun> eldest = runs.values().iterator();
        while (runs.size() > 1 && (runs.size() > maxRuns || tasks > maxTasks)) {
            tasks -= weight(eldest.next());
            eldest.remove();
        }
    }

    /** Forgets a state. */
    public void remove(String runId) {
        ActiveRun removed = runs.remove(runId);
        if (removed != null) {
            tasks -= weight(removed);
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

    private static long weight(ActiveRun run) {
        return run.state().nodes().values().stream()
                .mapToLong(node -> node.tasks().size())
                .sum();
    }
}
