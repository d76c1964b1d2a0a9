package dev.netbase.scheduler.lease;

import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.run.domain.RunEvent;
import io.vertx.mutiny.sqlclient.Row;
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
 */
@ApplicationScoped
public class LostWorkers {
    private static final Logger LOG = Logger.getLogger(LostWorkers.class);
    private static final Duration FULL_LOOK = Duration.ofSeconds(10);
    private static final int AT_ONCE = 5_000;
    private final Database database;
    private Map<String, Long> live = Map.of();
    private Instant nextFullLook = Instant.MIN;

    public LostWorkers(Database database) {
        this.database = database;
    }

    /** What was lost since the last look, by run. */
    public Map<String, List<RunEvent>> look(Instant now) {
        Map<String, Long> current = new HashMap<>();
        for (Row row : database.query("select id, epoch from workers where deadline > clock_timestamp()")) {
            current.put(row.getString("id"), row.getLong("epoch"));
        }
        boolean gone =
                live.entrySet().stream().anyMatch(worker -> !worker.getValue().equals(current.get(worker.getKey())));
        live = current;
        if (!gone && now.isBefore(nextFullLook)) {
            return Map.of();
        }
        Map<String, List<RunEvent>> lost = lostTasks();
        nextFullLook = lost.isEmpty() ? now.plus(FULL_LOOK) : now;
        return lost;
    }

    private Map<String, List<RunEvent>> lostTasks() {
        Map<String, List<RunEvent>> lost = new LinkedHashMap<>();
        List<Row> rows = database.query("""
                select t.run_id, t.id, t.attempt, t.worker_id, t.worker_epoch
                from workflow_runs r join task_instances t on t.run_id = r.id
                where r.finished_at is null and t.status = 'RUNNING' and t.worker_id is not null and not exists (
                    select 1 from workers w where w.id = t.worker_id and w.epoch = t.worker_epoch
                        and w.deadline > clock_timestamp())
                limit %d""".formatted(AT_ONCE));
        for (Row row : rows) {
            lost.computeIfAbsent(row.getString("run_id"), any -> new ArrayList<>())
                    .add(new RunEvent.TaskLost(row.getLong("id"), row.getInteger("attempt")));
        }
        if (!rows.isEmpty()) {
            LOG.warnf("%d tasks of %d runs lost their workers and run again", rows.size(), lost.size());
        }
        return lost;
    }
}
