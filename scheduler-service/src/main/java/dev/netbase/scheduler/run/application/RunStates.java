package dev.netbase.scheduler.run.application;

import dev.netbase.scheduler.run.adapter.RunStore;
import dev.netbase.scheduler.run.domain.RunEvent;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The states of runs that something has happened to, from the cache or the database. Never more of them at once than there
 * is memory for, however many runs a poll or a sweep names. For the scheduler's thread alone.
 */
@ApplicationScoped
public class RunStates {
    /** What is read and decided at once takes one part in so many of what the cache may take. */
    private static final int CACHE_SHARE = 4;

    private final RunCache cache;
    private final RunStore store;
    private final DistributionSummary read;

    public RunStates(RunCache cache, RunStore store, MeterRegistry metrics) {
        this.cache = cache;
        this.store = store;
        this.read = metrics.summary("netbase.scheduler.read.runs");
    }

    /** Bytes of memory, about, that decisions may take before they are written. */
    long maxBytes() {
        return cache.maxBytes() / CACHE_SHARE;
    }

    /** The same runs and events, in parts of which each fits into memory, or is a single run. */
    List<Map<String, List<RunEvent>>> parts(Map<String, List<RunEvent>> events) {
        if (events.size() == 1) {
            return List.of(events);
        }
        List<String> missing =
                events.keySet().stream().filter(id -> cache.get(id).isEmpty()).toList();
        Map<String, Long> stored = missing.isEmpty() ? Map.of() : store.bytes(missing);
        List<Map<String, List<RunEvent>>> parts = new ArrayList<>();
        Map<String, List<RunEvent>> part = new LinkedHashMap<>();
        long bytes = 0;
        for (Map.Entry<String, List<RunEvent>> entry : events.entrySet()) {
            long more = stored.getOrDefault(entry.getKey(), cache.bytes(entry.getKey()));
            if (!part.isEmpty() && bytes + more > maxBytes()) {
                parts.add(part);
                part = new LinkedHashMap<>();
                bytes = 0;
            }
            part.put(entry.getKey(), entry.getValue());
            bytes += more;
        }
        parts.add(part);
        return parts;
    }

    /**
     * The states of those runs that have not ended. To the events of one that had to be read it is added, as the first,
     * that its rows may say what nobody has decided yet.
     *
     * @param events of a part; gets what is added
     */
    Map<String, ActiveRun> of(Map<String, List<RunEvent>> events) {
        Map<String, ActiveRun> runs = new LinkedHashMap<>();
        List<String> missing = new ArrayList<>();
        for (String id : events.keySet()) {
            cache.get(id).ifPresentOrElse(run -> runs.put(id, run), () -> missing.add(id));
        }
        if (!missing.isEmpty()) {
            read.record(missing.size());
            store.loadUnfinished(missing).forEach((id, run) -> {
                runs.put(id, run);
                List<RunEvent> resumed = new ArrayList<>();
                resumed.add(new RunEvent.Resumed());
                resumed.addAll(events.getOrDefault(id, List.of()));
                events.put(id, resumed);
            });
        }
        return runs;
    }
}
