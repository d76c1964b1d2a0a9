package dev.netbase.scheduler.run.adapter;

import dev.netbase.model.json.Json;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import dev.netbase.model.trace.TraceParent;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.RunLog;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.application.Definitions;
import dev.netbase.scheduler.run.application.SpecInfo;
import dev.netbase.scheduler.run.application.Specs;
import dev.netbase.scheduler.run.application.StopReasons;
import dev.netbase.scheduler.run.application.StoredPlans;
import dev.netbase.scheduler.run.domain.NodeProgress;
import dev.netbase.scheduler.run.domain.RunFacts;
import dev.netbase.scheduler.run.domain.StoredRun;
import dev.netbase.scheduler.run.domain.TaskFailure;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Reads runs as the database has them. */
@ApplicationScoped
public class RunStore {
    private static final Logger LOG = Logger.getLogger(RunStore.class);
    /** A row of a task while it is read: as the driver has it, and as the domain does. */
    private static final long TASK_BYTES = 1_000;

    /** How much more memory a JSON text takes as values than as text, and while it is parsed. */
    private static final long TEXT_FACTOR = 6;

    private final Database database;
    private final Definitions definitions;
    private final Specs specs;

    public RunStore(Database database, Definitions definitions, Specs specs) {
        this.database = database;
        this.definitions = definitions;
        this.specs = specs;
    }

    private record RunRow(Row row, Definitions.Key definition, Map<String, @Nullable Object> plans) {}

    /** Those of the runs that have not ended, by id. */
    public Map<String, ActiveRun> loadUnfinished(Collection<String> runIds) {
        Tuple ids = Tuple.of(runIds.toArray(new String[0]));
        List<RunRow> rows =
                database.query("""
                        select id, workflow_id, workflow_version, status, version, cancelling, stop_reason,
                               inputs::text as inputs, specs::text as specs, depth, parent_run_id, parent_task_id,
                               parent_attempt, retries, priority, greatest(started_at, resumed_at) as since,
                               trigger->>'traceparent' as traceparent
                        from workflow_runs
                        where id = any($1::text[]) and finished_at is null and (not held or cancelling)""", ids).stream().map(RunStore::runRow).toList();
        if (rows.isEmpty()) {
            return Map.of();
        }
        Map<String, List<StoredRun.StoredNode>> nodes = nodes(ids);
        Map<String, Map<String, List<StoredRun.StoredTask>>> tasks = tasks(ids);
        Map<Definitions.Key, Definitions.Entry> compiled =
                definitions.get(rows.stream().map(RunRow::definition).toList());
        Map<Long, SpecInfo> known = specs.infos(rows.stream()
                .flatMap(row -> StoredPlans.specIds(row.plans()).stream())
                .collect(Collectors.toSet()));
        Map<String, ActiveRun> runs = new LinkedHashMap<>();
        for (RunRow row : rows) {
            Definitions.Entry entry = compiled.get(row.definition());
            String id = row.row().getString("id");
            if (entry == null) {
                RunLog.about(id, () -> LOG.errorf("run %s: its definition %s cannot be read", id, row.definition()));
                continue;
            }
            StoredRun stored = new StoredRun(
                    id,
                    row.row().getLong("version"),
                    RunStatus.valueOf(row.row().getString("status")),
                    StopReasons.read(
                            row.row().getBoolean("cancelling"), row.row().getString("stop_reason")),
                    facts(row.row()),
                    Json.parse(row.row().getString("inputs")),
                    StoredPlans.read(row.plans(), known),
                    nodes.getOrDefault(id, List.of()),
                    tasks.getOrDefault(id, Map.of()));
            runs.put(
                    id,
                    new ActiveRun(
                            entry.workflow(),
                            row.definition().version(),
                            row.row().getInteger("priority"),
                            TraceParent.valid(row.row().getString("traceparent")),
                            stored.restore(entry.definition())));
        }
        return runs;
    }

    private static RunRow runRow(Row row) {
        String specs = row.getString("specs");
        return new RunRow(
                row,
                new Definitions.Key(row.getLong("workflow_id"), row.getInteger("workflow_version")),
                specs == null ? Map.of() : Json.parseObject(specs));
    }

    private static RunFacts facts(Row row) {
        String parent = row.getString("parent_run_id");
        return new RunFacts(
                row.getInteger("depth"),
                parent == null
                        ? null
                        : new RunFacts.ParentTask(
                                parent, row.getLong("parent_task_id"), row.getInteger("parent_attempt")),
                row.getInteger("retries"),
                instant(row, "since"));
    }

    private static @Nullable Instant instant(Row row, String column) {
        OffsetDateTime time = row.getOffsetDateTime(column);
        return time == null ? null : time.toInstant();
    }

    private Map<String, List<StoredRun.StoredNode>> nodes(Tuple ids) {
        Map<String, List<StoredRun.StoredNode>> nodes = new HashMap<>();
        for (Row row : database.query(
                "select run_id, node_key, status, error::text as error from run_nodes where run_id = any($1::text[])",
                ids)) {
            nodes.computeIfAbsent(row.getString("run_id"), any -> new ArrayList<>())
                    .add(new StoredRun.StoredNode(
                            row.getString("node_key"),
                            NodeProgress.Status.valueOf(row.getString("status")),
                            failure(row.getString("error"))));
        }
        return nodes;
    }

    private static @Nullable TaskFailure failure(@Nullable String error) {
        if (error == null) {
            return null;
        }
        Map<String, @Nullable Object> fields = Json.parseObject(error);
        return new TaskFailure(
                TaskErrorCode.valueOf(String.valueOf(fields.get("code"))), String.valueOf(fields.get("message")));
    }

    private Map<String, Map<String, List<StoredRun.StoredTask>>> tasks(Tuple ids) {
        Map<String, Map<String, List<StoredRun.StoredTask>>> tasks = new HashMap<>();
        for (Row row : database.query("""
                select run_id, id, node_key, item_index, status, attempt, losses, deaths, lone_deaths, forgiven,
                       output::text as output, artifacts::text as artifacts, error_code, error_message, finished_at,
                       retry_at
                from task_instances where run_id = any($1::text[]) order by run_id, id""", ids)) {
            tasks.computeIfAbsent(row.getString("run_id"), any -> new HashMap<>())
                    .computeIfAbsent(row.getString("node_key"), any -> new ArrayList<>())
                    .add(task(row));
        }
        return tasks;
    }

    private static StoredRun.StoredTask task(Row row) {
        String output = row.getString("output");
        String artifacts = row.getString("artifacts");
        String code = row.getString("error_code");
        String message = row.getString("error_message");
        return new StoredRun.StoredTask(
                row.getLong("id"),
                row.getInteger("item_index"),
                TaskStatus.valueOf(row.getString("status")),
                row.getInteger("attempt"),
                row.getInteger("losses"),
                row.getInteger("deaths"),
                row.getInteger("lone_deaths"),
                row.getInteger("forgiven"),
                output == null ? null : Json.parse(output),
                artifacts == null ? null : Json.parse(artifacts),
                code == null ? null : new TaskFailure(TaskErrorCode.valueOf(code), message == null ? "" : message),
                instant(row, "finished_at"),
                instant(row, "retry_at"));
    }

    /** The inputs of tasks as JSON text, by task id; tasks are named by run and id, place by place. */
    public Map<Long, String> inputs(List<String> runIds, List<Long> taskIds) {
        Map<Long, String> inputs = new HashMap<>();
        if (taskIds.isEmpty()) {
            return inputs;
        }
        for (Row row : database.query("""
                select t.id, t.inputs::text as inputs from unnest($1::text[], $2::bigint[]) k (run_id, id)
                join task_instances t on t.run_id = k.run_id and t.id = k.id""", Tuple.of(runIds.toArray(new String[0]), taskIds.toArray(new Long[0])))) {
            String text = row.getString("inputs");
            inputs.put(row.getLong("id"), text == null ? "null" : text);
        }
        return inputs;
    }

    /** About how many bytes of memory it takes to read each of the runs; none for a run without tasks. */
    public Map<String, Long> bytes(Collection<String> runIds) {
        Map<String, Long> bytes = new HashMap<>();
        for (Row row : database.query("""
                select run_id, count(*) * $2::bigint + $3::bigint * sum(coalesce(octet_length(output::text), 0)
                           + coalesce(octet_length(artifacts::text), 0) + coalesce(octet_length(error_message), 0)) as bytes
                from task_instances where run_id = any($1::text[]) group by run_id""", Tuple.of(runIds.toArray(new String[0]), TASK_BYTES, TEXT_FACTOR))) {
            bytes.put(row.getString("run_id"), row.getLong("bytes"));
        }
        return bytes;
    }

    /** How many tasks of each run have ended, and which wait since too long to be claimed. */
    public Map<String, Progress> progress(Set<String> runIds, long staleMillis) {
        Map<String, Progress> progress = new HashMap<>();
        for (Row row : database.query("""
                select run_id, count(*) filter (where status not in ('PENDING', 'RUNNING')) as ended,
                       count(*) filter (where status = 'PENDING' and group_id is not null and retry_at is null
                           and queued_at < clock_timestamp() - $2::bigint * interval '1 millisecond') as stale
                from task_instances where run_id = any($1::text[]) group by run_id""", Tuple.of(runIds.toArray(new String[0]), staleMillis))) {
            progress.put(row.getString("run_id"), new Progress(row.getLong("ended"), row.getLong("stale")));
        }
        return progress;
    }

    /**
     * What the rows of a run's tasks say.
     *
     * @param ended tasks in a status that is final for their attempt
     * @param stale tasks that nobody has claimed for too long
     */
    public record Progress(long ended, long stale) {}
}
