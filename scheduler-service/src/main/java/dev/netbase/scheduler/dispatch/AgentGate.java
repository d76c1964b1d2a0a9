package dev.netbase.scheduler.dispatch;

import dev.netbase.model.json.Json;
import dev.netbase.model.run.UnfinishedSql;
import dev.netbase.scheduler.outbox.Outbox;
import dev.netbase.scheduler.outbox.OutboxRecord;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.Database.Statements;
import dev.netbase.scheduler.platform.SchedulerConfig;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Lets tasks of limited agents out as places become free, by priority of their runs. Such a task is written without a
 * group, and gets one here. All there is to know stands in the tasks' rows, so nothing is lost with a scheduler; the
 * price is to read the open tasks of unfinished runs, which is paid only where the operator limits an agent. For the
 * scheduler's thread alone.
 */
@ApplicationScoped
public class AgentGate {
    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);

    /** Only whoever has this lock lets tasks out, so that a limit holds for all schedulers together. */
    private static final long LOCK = 0x6e65_7462_6173_6502L;

    private static final String OPEN_TASKS = """
            from workflow_runs r
            join task_instances t on t.run_id = r.id
            join task_specs s on s.id = t.spec_id
            join agents a on a.id = s.agent_id
            where %s and t.status in ('PENDING', 'RUNNING') and t.retry_at is null
            """.formatted(UnfinishedSql.condition("r"));

    private static final String BUSY = """
            select a.name, count(*) filter (where t.status = 'RUNNING' or t.group_id is not null) as busy,
                count(*) as open
            """ + OPEN_TASKS + " and a.name = any($1::text[]) group by a.name";

    private static final String WAITING = """
            select
            """ + StoredTasks.COLUMNS + OPEN_TASKS + """
             and a.name = $1 and t.status = 'PENDING' and t.group_id is null and not r.cancelling
            order by r.priority desc, r.id, t.id limit $2::bigint""";

    private static final String LET_OUT = """
            update task_instances t set group_id = x.group_id, queued_at = clock_timestamp()
            from unnest($1::text[], $2::bigint[], $3::int[], $4::text[]) as x (run_id, id, attempt, group_id)
            where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt and t.status = 'PENDING'
                and t.group_id is null""";

    private static final String KEEP_RECORD =
            "insert into outbox (id, topic, key, value, headers) values ($1, $2, $3, $4, $5::text::json)";

    private final Database database;
    private final StoredTasks storedTasks;
    private final Outbox outbox;
    private final SchedulerConfig config;
    private Instant nextLook = Instant.MIN;

    public AgentGate(Database database, StoredTasks storedTasks, Outbox outbox, SchedulerConfig config) {
        this.database = database;
        this.storedTasks = storedTasks;
        this.outbox = outbox;
        this.config = config;
    }

    /** When the next look is wanted; empty where no agent is limited. */
    public Optional<Instant> nextLook() {
        return config.agentLimits().isEmpty() ? Optional.empty() : Optional.of(nextLook);
    }

    /** Lets out what has a place, if it is time to look. */
    public void letOut(Instant now) {
        if (config.agentLimits().isEmpty() || now.isBefore(nextLook)) {
            return;
        }
        nextLook = now.plus(BETWEEN_LOOKS);
        outbox.publish(database.transaction(statements -> letOut(statements, now)));
    }

    private List<OutboxRecord> letOut(Statements statements, Instant now) {
        boolean locked = statements
                .query("select pg_try_advisory_xact_lock($1) as locked", Tuple.of(LOCK))
                .getFirst()
                .getBoolean("locked");
        if (!locked) {
            return List.of();
        }
        List<Row> waiting = new ArrayList<>();
        for (Row agent :
                statements.query(BUSY, Tuple.of(config.agentLimits().keySet().toArray(new String[0])))) {
            String name = agent.getString("name");
            long free = config.agentLimits().getOrDefault(name, 0) - agent.getLong("busy");
            if (free > 0 && agent.getLong("open") > agent.getLong("busy")) {
                waiting.addAll(statements.query(WAITING, Tuple.of(name, free)));
            }
        }
        return waiting.isEmpty() ? List.of() : letOut(statements, waiting, now);
    }

    private List<OutboxRecord> letOut(Statements statements, List<Row> tasks, Instant now) {
        Map<Long, Row> byId = new LinkedHashMap<>();
        tasks.forEach(row -> byId.put(row.getLong("id"), row));
        List<OutboxRecord> records = new ArrayList<>();
        for (List<GroupPacker.Packed> groups : storedTasks.pack(tasks, now).values()) {
            for (GroupPacker.Packed group : groups) {
                List<Row> rows = group.taskIds().stream().map(byId::get).toList();
                statements.query(LET_OUT, arguments(group.groupId(), rows));
                keep(statements, group.record());
                records.add(group.record());
            }
        }
        return records;
    }

    private static Tuple arguments(String groupId, List<Row> rows) {
        return Tuple.tuple()
                .addValue(rows.stream().map(row -> row.getString("run_id")).toArray(String[]::new))
                .addValue(rows.stream().map(row -> row.getLong("id")).toArray(Long[]::new))
                .addValue(rows.stream().map(row -> row.getInteger("attempt")).toArray(Integer[]::new))
                .addValue(rows.stream().map(row -> groupId).toArray(String[]::new));
    }

    private static void keep(Statements statements, OutboxRecord record) {
        statements.query(
                KEEP_RECORD,
                Tuple.of(
                        record.id(),
                        record.topic(),
                        record.key(),
                        Buffer.buffer(record.value()),
                        Json.write(record.headers())));
    }
}
