package dev.netbase.scheduler.lease;

import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.RunLog;
import dev.netbase.scheduler.run.domain.RunEvent;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jboss.logging.Logger;

/**
 * Finds tasks whose worker is gone: its lease ran out, or it registered anew under a later epoch. All running tasks are
 * looked through only when a worker this scheduler knew has gone, when it starts, and now and then. For the scheduler's
 * thread alone.
 *
 * <p>When the database was away for a while, leases have run out only because nobody could renew them. Workers get a
 * moment to do so before their tasks count as lost.
 */
@ApplicationScoped
public class LostWorkers {
    private static final Logger LOG = Logger.getLogger(LostWorkers.class);
    private static final Duration FULL_LOOK = Duration.ofSeconds(10);
    private static final int AT_ONCE = 5_000;

    /** Looks that are further apart say that the database was away, or this scheduler. */
    private static final Duration OUTAGE = Duration.ofSeconds(4);

    /** Workers try to renew an overdue lease every second. */
    private static final Duration MERCY = Duration.ofSeconds(4);

    /** By how much deadlines may be over while there is mercy: a registration that old is dead. */
    private static final Duration OVERDUE = Duration.ofHours(1);

    private final Database database;
    private final Counter tasksLost;
    private Map<String, Long> live = Map.of();
    private Instant nextFullLook = Instant.MIN;
    private Instant lastLook = Instant.MIN;
    private Instant mercyUntil = Instant.MIN;

    public LostWorkers(Database database, MeterRegistry metrics) {
        this.database = database;
        this.tasksLost = metrics.counter("netbase.scheduler.tasks.lost");
    }

    /** What was lost since the last look, by run. */
    public Map<String, List<RunEvent>> look(Instant now) {
        Map<String, Long> current = new HashMap<>();
        for (Row row : database.query("select id, epoch from workers where deadline > clock_timestamp()")) {
            current.put(row.getString("id"), row.getLong("epoch"));
        }
        if (lastLook.isBefore(now.minus(OUTAGE))) {
            mercyUntil = now.plus(MERCY);
        }
        lastLook = now;
        boolean mercy = now.isBefore(mercyUntil);
        boolean gone =
                live.entrySet().stream().anyMatch(worker -> !worker.getValue().equals(current.get(worker.getKey())));
        live = current;
        if (!gone && now.isBefore(nextFullLook)) {
            return Map.of();
        }
        Map<String, List<RunEvent>> lost = lostTasks(mercy ? OVERDUE : Duration.ZERO);
        if (!lost.isEmpty()) {
            nextFullLook = now;
        } else {
            nextFullLook = mercy ? mercyUntil : now.plus(FULL_LOOK);
        }
        return lost;
    }

    private Map<String, List<RunEvent>> lostTasks(Duration overdue) {
        Map<String, List<RunEvent>> lost = new LinkedHashMap<>();
        List<Row> rows = database.query("""
                select t.run_id, t.id, t.attempt, t.worker_id, t.worker_epoch
                from workflow_runs r join task_instances t on t.run_id = r.id
                where r.finished_at is null and t.status = 'RUNNING' and t.worker_id is not null and not exists (
                    select 1 from workers w where w.id = t.worker_id and w.epoch = t.worker_epoch
                        and w.deadline > clock_timestamp() - $1::bigint * interval '1 millisecond')
                limit %d""".formatted(AT_ONCE), Tuple.of(overdue.toMillis()));
        for (Row row : rows) {
            lost.computeIfAbsent(row.getString("run_id"), any -> new ArrayList<>())
                    .add(new RunEvent.TaskLost(row.getLong("id"), row.getInteger("attempt")));
        }
        tasksLost.increment(rows.size());
        if (!rows.isEmpty()) {
            LOG.warnf("%d tasks of %d runs lost their workers and run again", rows.size(), lost.size());
            lost.forEach((id, tasks) ->
                    RunLog.about(id, () -> LOG.infof("%d tasks of run %s lost their worker", tasks.size(), id)));
        }
        return lost;
    }
}
