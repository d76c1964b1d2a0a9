package dev.netbase.scheduler.dispatch;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.trace.TraceParent;
import dev.netbase.scheduler.platform.SchedulerConfig;
import dev.netbase.scheduler.run.application.SpecInfo;
import dev.netbase.scheduler.run.application.Specs;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Packs tasks as they stand in the database into groups, each in its run's trace. For the scheduler's thread alone. */
@ApplicationScoped
public class StoredTasks {
    /** What is read of a task {@code t} of a run {@code r}. */
    static final String COLUMNS = """
            t.run_id, t.id, t.attempt, t.node_key, t.item_index, t.spec_id, t.timeout_ms, t.inputs::text as inputs,
            t.deaths, r.trigger->>'traceparent' as traceparent, r.priority
            """;

    private final Specs specs;
    private final SchedulerConfig config;

    public StoredTasks(Specs specs, SchedulerConfig config) {
        this.specs = specs;
        this.config = config;
    }

    /** The groups of each run, by its id, in the order of the rows. */
    Map<String, List<GroupPacker.Packed>> pack(List<Row> rows, Instant now) {
        Map<Long, SpecInfo> known =
                specs.infos(rows.stream().map(row -> row.getLong("spec_id")).collect(Collectors.toSet()));
        Map<String, List<Row>> byRun = rows.stream()
                .collect(
                        Collectors.groupingBy(row -> row.getString("run_id"), LinkedHashMap::new, Collectors.toList()));
        Map<String, List<GroupPacker.Packed>> groups = new LinkedHashMap<>();
        byRun.forEach((runId, tasks) -> groups.put(runId, packRun(runId, tasks, known, now)));
        return groups;
    }

    private List<GroupPacker.Packed> packRun(String runId, List<Row> rows, Map<Long, SpecInfo> known, Instant now) {
        Row any = rows.getFirst();
        GroupPacker packer = new GroupPacker(
                runId, any.getInteger("priority"), config.maxGroupSize(), config.maxGroupBytes(), now.toEpochMilli());
        for (Row row : rows) {
            SpecInfo spec = known.get(row.getLong("spec_id"));
            if (spec != null) {
                packer.add(task(row, spec), row.getInteger("deaths"));
            }
        }
        String trace = TraceParent.valid(any.getString("traceparent"));
        return packer.finish().stream().map(group -> group.inTrace(trace)).toList();
    }

    private static TaskGroup.Task task(Row row, SpecInfo spec) {
        return new TaskGroup.Task(
                row.getLong("id"),
                row.getInteger("attempt"),
                row.getString("node_key"),
                row.getInteger("item_index"),
                spec.id(),
                spec.agentType(),
                spec.modulePath(),
                spec.checksum(),
                spec.configJson(),
                new RawValue(row.getString("inputs")),
                row.getLong("timeout_ms"),
                null);
    }
}
