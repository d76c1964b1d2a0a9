package dev.netbase.scheduler.run.application;

import dev.netbase.scheduler.platform.SchedulerConfig;
import io.quarkus.runtime.configuration.MemorySize;
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
    /** The cache takes one part in so many of the heap unless it is told otherwise. */
    private static final int HEAP_SHARE = 4;

    private final int maxRuns;
    private final long maxBytes;
    private final Map<String, Kept> runs = new LinkedHashMap<>(256, 0.75f, true);
    private long bytes;

    private record Kept(ActiveRun run, long bytes) {
        Kept(ActiveRun run) {
            this(run, run.state().bytes());
        }
    }

    public RunCache(SchedulerConfig config) {
        this.maxRuns = config.cachedRuns();
        this.maxBytes = config.cacheMemory()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / HEAP_SHARE);
    }

    /** The run's state, if it is kept. */
    public Optional<ActiveRun> get(String runId) {
        return Optional.ofNullable(runs.get(runId)).map(Kept::run);
    }

    /** Bytes of memory, about, that the run's state takes; 0 if it is not kept. */
    public long bytes(String runId) {
        Kept kept = runs.get(runId);
        return kept == null ? 0 : kept.bytes();
    }

    /** Keeps a state, or forgets it if the run has ended. */
    public void put(ActiveRun run) {
        remove(run.id());
        if (run.state().status().isTerminal()) {
            return;
        }
        Kept kept = new Kept(run);
        runs.put(run.id(), kept);
        bytes += kept.bytes();
        Iterator<Kept> eldest = runs.values().iterator();
        while (runs.size() > 1 && (runs.size() > maxRuns || bytes > maxBytes)) {
            bytes -= eldest.next().bytes();
            eldest.remove();
        }
    }

    /** Forgets a state. */
    public void remove(String runId) {
        Kept removed = runs.remove(runId);
        if (removed != null) {
            bytes -= removed.bytes();
        }
    }

    /** Forgets these states. */
    public void removeAll(Collection<String> runIds) {
        runIds.forEach(this::remove);
    }

    /** Forgets everything. */
    public void clear() {
        runs.clear();
        bytes = 0;
    }

    /** Bytes of memory that states take at most, in all. */
    public long maxBytes() {
        return maxBytes;
    }
}
