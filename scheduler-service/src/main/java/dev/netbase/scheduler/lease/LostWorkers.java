package dev.netbase.scheduler.lease;

import dev.netbase.model.run.UnfinishedSql;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

    /** Those that live; and, with the negative of its epoch, who gave back tasks of late though its lease goes on. */
    private static final String WORKERS = """
            select id as worker_id, epoch as worker_epoch from workers where deadline > clock_timestamp()
            union all
            select worker_id, worker_epoch from lost_workers
            where worker_epoch < 0 and noticed_at > clock_timestamp() - interval '1 minute'""";

    private static final String LOST = """
            select t.run_id, t.id, t.attempt, t.worker_id, t.worker_epoch, t.alone
            from workflow_runs r join task_instances t on t.run_id = r.id
            where %s and t.status = 'RUNNING' and t.worker_id is not null and not exists (
                select 1 from workers w where w.id = t.worker_id and w.epoch = t.worker_epoch
                    and w.deadline > clock_timestamp() - $2::bigint * interval '1 millisecond')
            limit $1""".formatted(UnfinishedSql.condition("r"));

    /** Counts once for all what a lost worker had in hand: the first to look decides, for every scheduler and look. */
    private static final String NOTICE = """
            with asked as (
                select * from unnest($1::text[], $2::bigint[]) a (worker_id, worker_epoch)
            ), running as materialized (
                select t.worker_id, t.worker_epoch, t.alone
                from workflow_runs r join task_instances t on t.run_id = r.id
                where %s and t.status = 'RUNNING' and t.worker_id = any ($1::text[])
            ), noticed as (
                insert into lost_workers (worker_id, worker_epoch, gave_back, tasks, isolated)
                select worker_id, worker_epoch, false, count(*), bool_or(alone)
                from asked join running using (worker_id, worker_epoch)
                group by worker_id, worker_epoch
                on conflict do nothing
                returning worker_id, worker_epoch, gave_back, tasks, isolated
            ), forgotten as (
                delete from lost_workers where noticed_at < clock_timestamp() - interval '7 days'
            )
            select * from noticed
            union all
            select l.worker_id, l.worker_epoch, l.gave_back, l.tasks, l.isolated
            from lost_workers l join asked a on a.worker_id = l.worker_id and a.worker_epoch = l.worker_epoch""".formatted(UnfinishedSql.condition("r"));

    private record Worker(String id, long epoch) {
        @Override
        public String toString() {
            return epoch < 0 ? id + "/" + -epoch + " (given back)" : id + "/" + epoch;
        }
    }

    /** What the first look found of a lost worker. */
    private record Finding(boolean gaveBack, int tasks, boolean isolated) {
        /** Another scheduler is about to say more; until then nobody is blamed. */
        static final Finding NONE = new Finding(true, 0, false);

        RunEvent.Suspicion suspicion(boolean alone) {
            if (gaveBack || (isolated && !alone)) {
                return RunEvent.Suspicion.NONE;
            }
            return isolated || tasks == 1 ? RunEvent.Suspicion.ALONE : RunEvent.Suspicion.SHARED;
        }
    }

    /** Looks that are further apart say that the database was away, or this scheduler. */
    private static final Duration OUTAGE = Duration.ofSeconds(4);

    /** Workers try to renew an overdue lease every second. */
    private static final Duration MERCY = Duration.ofSeconds(4);

    /** By how much deadlines may be over while there is mercy: a registration that old is dead. */
    private static final Duration OVERDUE = Duration.ofHours(1);

    private final Database database;
    private final Counter tasksLost;
    private Set<Worker> live = Set.of();
    private Set<Worker> gaveBack = Set.of();
    private Instant nextFullLook = Instant.MIN;
    private Instant lastLook = Instant.MIN;
    private Instant mercyUntil = Instant.MIN;

    public LostWorkers(Database database, MeterRegistry metrics) {
        this.database = database;
        this.tasksLost = metrics.counter("netbase.scheduler.tasks.lost");
    }

    /** What was lost since the last look, by run. */
    public Map<String, List<RunEvent>> look(Instant now) {
        Set<Worker> liveNow = new HashSet<>();
        Set<Worker> gaveBackNow = new HashSet<>();
        for (Row row : database.query(WORKERS)) {
            Worker worker = worker(row);
            (worker.epoch() < 0 ? gaveBackNow : liveNow).add(worker);
        }
        if (lastLook.isBefore(now.minus(OUTAGE))) {
            mercyUntil = now.plus(MERCY);
        }
        lastLook = now;
        boolean mercy = now.isBefore(mercyUntil);
        boolean newlyLost = !liveNow.containsAll(live) || !gaveBack.containsAll(gaveBackNow);
        live = liveNow;
        gaveBack = gaveBackNow;
        if (!newlyLost && now.isBefore(nextFullLook)) {
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
        List<Row> rows = database.query(LOST, Tuple.of(AT_ONCE, overdue.toMillis()));
        if (rows.isEmpty()) {
            return Map.of();
        }
        Map<String, List<RunEvent>> lost = new LinkedHashMap<>();
        Map<Worker, Finding> findings = findings(rows);
        for (Row row : rows) {
            Finding finding = findings.getOrDefault(worker(row), Finding.NONE);
            lost.computeIfAbsent(row.getString("run_id"), any -> new ArrayList<>())
                    .add(new RunEvent.TaskLost(
                            row.getLong("id"), row.getInteger("attempt"), finding.suspicion(row.getBoolean("alone"))));
        }
        tasksLost.increment(rows.size());
        lost.forEach((id, tasks) ->
                RunLog.about(id, () -> LOG.infof("%d tasks of run %s lost their worker", tasks.size(), id)));
        LOG.warnf(
                "%d tasks of %d runs lost their workers and run again: %s",
                rows.size(), lost.size(), findings.keySet());
        return lost;
    }

    private Map<Worker, Finding> findings(List<Row> rows) {
        List<Worker> workers = rows.stream().map(LostWorkers::worker).distinct().toList();
        Map<Worker, Finding> findings = new HashMap<>();
        for (Row row : database.query(
                NOTICE,
                Tuple.of(
                        workers.stream().map(Worker::id).toArray(String[]::new),
                        workers.stream().map(Worker::epoch).toArray(Long[]::new)))) {
            findings.put(
                    worker(row),
                    new Finding(row.getBoolean("gave_back"), row.getInteger("tasks"), row.getBoolean("isolated")));
        }
        return findings;
    }

    private static Worker worker(Row row) {
        return new Worker(row.getString("worker_id"), row.getLong("worker_epoch"));
    }
}
