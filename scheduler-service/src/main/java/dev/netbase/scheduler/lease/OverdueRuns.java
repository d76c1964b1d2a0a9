package dev.netbase.scheduler.lease;

import dev.netbase.model.run.RunStatus;
import dev.netbase.model.run.UnfinishedSql;
import dev.netbase.scheduler.admission.Admission;
import dev.netbase.scheduler.dispatch.Resender;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.SchedulerConfig;
import dev.netbase.scheduler.run.adapter.RunStore;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.application.RunCache;
import dev.netbase.scheduler.run.domain.RunEvent;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Looks at unfinished runs whose time has come, whatever events said, so that nothing depends on an event arriving:
 * requests nobody heard, outcomes no advance has applied, tasks nobody claimed. For the scheduler's thread alone.
 */
@ApplicationScoped
public class OverdueRuns {
    private static final String DUE = """
            with due as (
                select o.id from workflow_runs o where %s and o.check_at < clock_timestamp()
                order by o.check_at limit $1 for update skip locked)
            update workflow_runs r set check_at = clock_timestamp() + $2::bigint * interval '1 millisecond'
            from due where r.id = due.id
            returning r.id, r.status, r.cancelling, r.version""".formatted(UnfinishedSql.condition("o"));

    private final Database database;
    private final RunStore store;
    private final RunCache cache;
    private final Resender resender;
    private final Admission admission;
    private final SchedulerConfig config;

    public OverdueRuns(
            Database database,
            RunStore store,
            RunCache cache,
            Resender resender,
            Admission admission,
            SchedulerConfig config) {
        this.database = database;
        this.store = store;
        this.cache = cache;
        this.resender = resender;
        this.admission = admission;
        this.config = config;
    }

    /** What the rows of overdue runs tell that their cached states do not know, by run. */
    public Map<String, List<RunEvent>> look(Instant now) {
        resender.sendWhatDoesNotWait(now);
        List<Row> due = database.query(
                DUE, Tuple.of(config.sweepRuns(), config.recheckAfter().toMillis()));
        if (due.isEmpty()) {
            return Map.of();
        }
        Map<String, Row> rows = new LinkedHashMap<>();
        due.forEach(row -> rows.put(row.getString("id"), row));
        List<String> pending = rows.values().stream()
                .filter(row ->
                        row.getString("status").equals(RunStatus.PENDING.name()) && !row.getBoolean("cancelling"))
                .map(row -> row.getString("id"))
                .toList();
        Set<String> start = new HashSet<>(admission.arrive(pending));
        pending.stream().filter(id -> !start.contains(id)).forEach(rows::remove);
        Map<String, RunStore.Progress> progress =
                store.progress(rows.keySet(), config.resendAfter().toMillis());
        Map<String, List<RunEvent>> events = new LinkedHashMap<>();
        List<String> stale = new ArrayList<>();
        rows.forEach((id, row) -> {
            RunStore.Progress tasks = progress.getOrDefault(id, new RunStore.Progress(0, 0));
            if (row.getBoolean("cancelling") || !isKnown(row, tasks)) {
                cache.remove(id);
                events.put(id, List.of(new RunEvent.Resumed()));
            } else if (tasks.stale() > 0) {
                stale.add(id);
            }
        });
        resender.resend(stale, now);
        return events;
    }

    private boolean isKnown(Row row, RunStore.Progress tasks) {
        Optional<ActiveRun> cached = cache.get(row.getString("id"));
        return cached.isPresent()
                && cached.get().state().status() == RunStatus.valueOf(row.getString("status"))
                && cached.get().state().version() == row.getLong("version")
                && cached.get().state().knownEnds() == tasks.ended();
    }
}
