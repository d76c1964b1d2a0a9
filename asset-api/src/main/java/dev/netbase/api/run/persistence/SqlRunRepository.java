package dev.netbase.api.run.persistence;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.run.application.NodeRows;
import dev.netbase.api.run.application.RunRepository;
import dev.netbase.api.run.application.Runs;
import dev.netbase.api.run.domain.Run;
import dev.netbase.api.run.domain.Task;
import dev.netbase.model.json.Json;
import dev.netbase.model.problem.ProblemCode;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskStatus;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs in SQL: starting and watching runs is the hot path. */
@ApplicationScoped
public class SqlRunRepository implements RunRepository {
    private final Pool pool;

    SqlRunRepository(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<Optional<Target>> target(String workflow, @Nullable Integer version) {
        return pool.preparedQuery(RunSql.FIND_VERSION)
                .execute(Tuple.of(workflow, version))
                .map(rows -> map(
                                rows,
                                row -> new Target(
                                        row.getLong("workflow_id"),
                                        row.getInteger("version"),
                                        row.getBoolean("limited")))
                        .stream()
                        .findFirst());
    }

    @Override
    public Uni<Started> start(NewRun run) {
        String key = run.idempotencyKey();
        if (key == null) {
            return insert(pool, run);
        }
        return pool.withTransaction(connection -> IdempotencyKeys.claim(
                        connection,
                        new IdempotencyKeys.Use(run.ownerId(), run.target().workflowId(), key, run.bodyDigest()),
                        run.runId())
                .flatMap(earlier ->
                        earlier.isPresent() ? Uni.createFrom().item(earlier.get()) : insert(connection, run)));
    }

    @Override
    public Uni<Optional<Started>> startedBefore(long ownerId, long workflowId, String key, String bodyDigest) {
        return IdempotencyKeys.find(pool, new IdempotencyKeys.Use(ownerId, workflowId, key, bodyDigest));
    }

    private static Uni<Started> insert(SqlClient client, NewRun run) {
        return client.preparedQuery(RunSql.INSERT_RUN)
                .execute(Tuple.tuple()
                        .addString(run.runId())
                        .addLong(run.target().workflowId())
                        .addInteger(run.target().version())
                        .addLong(run.ownerId())
                        .addString(run.inputs())
                        .addInteger(run.priority())
                        .addBoolean(run.target().limited())
                        .addBoolean(run.told())
                        .addString(run.traceparent()))
                .map(inserted -> new Started(run.runId(), RunStatus.PENDING, true));
    }

    @Override
    public Uni<Page<Run>> list(
            @Nullable String workflow, @Nullable RunStatus status, @Nullable String parent, PageRequest page) {
        if (workflow == null) {
            return list(new RunFilter(null, status, parent), page);
        }
        return pool.preparedQuery(RunSql.WORKFLOW_ID)
                .execute(Tuple.of(workflow))
                .map(rows -> map(rows, row -> row.getLong("id")).stream().findFirst())
                .flatMap(id -> id.isPresent()
                        ? list(new RunFilter(id.get(), status, parent), page)
                        : Uni.createFrom().item(Page.of(List.of(), page, 0)));
    }

    private Uni<Page<Run>> list(RunFilter filter, PageRequest page) {
        return pool.preparedQuery(filter.list())
                .execute(filter.arguments().addLong((long) page.size()).addLong((long) page.offset()))
                .flatMap(this::withTaskCounts)
                .flatMap(runs -> pool.preparedQuery(filter.count())
                        .execute(filter.arguments())
                        .map(counts ->
                                Page.of(runs, page, counts.iterator().next().getLong("total"))));
    }

    @Override
    public Uni<Optional<Run>> find(String runId) {
        return pool.preparedQuery(RunSql.FIND)
                .execute(Tuple.of(runId))
                .flatMap(this::withTaskCounts)
                .map(runs -> runs.stream().findFirst());
    }

    private Uni<List<Run>> withTaskCounts(RowSet<Row> rows) {
        List<String> ids = map(rows, row -> row.getString("id"));
        if (ids.isEmpty()) {
            return Uni.createFrom().item(List.of());
        }
        return pool.preparedQuery(RunSql.COUNT_TASKS)
                .execute(Tuple.tuple().addArrayOfString(ids.toArray(String[]::new)))
                .map(counts -> {
                    Map<String, Map<TaskStatus, Long>> byRun = new HashMap<>();
                    counts.forEach(count -> byRun.computeIfAbsent(
                                    count.getString("run_id"), any -> new EnumMap<>(TaskStatus.class))
                            .put(TaskStatus.valueOf(count.getString("status")), count.getLong("total")));
                    return map(rows, row -> run(row, byRun.getOrDefault(row.getString("id"), Map.of())));
                });
    }

    @Override
    public Uni<List<String>> ended(Collection<String> runIds) {
        return pool.preparedQuery(RunSql.ENDED)
                .execute(Tuple.tuple().addArrayOfString(runIds.toArray(String[]::new)))
                .map(rows -> map(rows, row -> row.getString("id")));
    }

    @Override
    public Uni<RunStatus> cancel(String runId) {
        return pool.preparedQuery(RunSql.CANCEL)
                .execute(Tuple.of(runId))
                .flatMap(rows -> rows.size() > 0
                        ? Uni.createFrom()
                                .item(RunStatus.valueOf(rows.iterator().next().getString("status")))
                        : pool.preparedQuery(RunSql.FIND)
                                .execute(Tuple.of(runId))
                                .map(found -> {
                                    if (found.size() == 0) {
                                        throw Runs.notFound(runId);
                                    }
                                    throw new ProblemException(
                                            ProblemCode.RUN_FINISHED,
                                            "the run has ended: "
                                                    + found.iterator().next().getString("status"));
                                }));
    }

    @Override
    public Uni<Optional<Page<Task>>> tasks(String runId, @Nullable String node, PageRequest page) {
        return pool.preparedQuery(RunSql.TASK_TOTAL)
                .execute(Tuple.of(runId, node))
                .flatMap(totals -> {
                    if (totals.size() == 0) {
                        return Uni.createFrom().item(Optional.<Page<Task>>empty());
                    }
                    long total = totals.iterator().next().getLong("total");
                    return pool.preparedQuery(RunSql.TASKS)
                            .execute(Tuple.of(runId, node, page.size(), page.offset()))
                            .map(rows -> Optional.of(Page.of(map(rows, SqlRunRepository::task), page, total)));
                });
    }

    @Override
    public Uni<Optional<NodeRows>> nodes(String runId) {
        return pool.preparedQuery(RunSql.NODES)
                .execute(Tuple.of(runId))
                .flatMap(nodes -> nodes.size() == 0
                        ? Uni.createFrom().item(Optional.<NodeRows>empty())
                        : pool.preparedQuery(RunSql.NODE_TASKS)
                                .execute(Tuple.of(runId))
                                .map(tasks -> Optional.of(NodeRowsReader.read(nodes, tasks))));
    }

    @Override
    public Uni<Optional<byte[]>> stderr(String runId, long taskInstanceId) {
        return pool.preparedQuery(RunSql.STDERR)
                .execute(Tuple.of(runId, taskInstanceId))
                .map(rows -> map(rows, row -> {
                            var stderr = row.getBuffer("stderr");
                            return stderr == null ? new byte[0] : stderr.getBytes();
                        })
                        .stream()
                        .findFirst());
    }

    @Override
    public Uni<Optional<Page<Object>>> attempts(String runId, long taskInstanceId, PageRequest page) {
        return pool.preparedQuery(RunSql.ATTEMPTS)
                .execute(Tuple.of(runId, taskInstanceId))
                .map(rows -> map(rows, row -> attempts(row.getString("attempts"), page)).stream()
                        .findFirst());
    }

    private static Page<Object> attempts(String json, PageRequest page) {
        List<Object> all = new ArrayList<>();
        if (Json.parse(json) instanceof List<?> list) {
            list.forEach(attempt -> all.add(Objects.requireNonNull(attempt)));
        }
        List<Object> shown = all.stream().skip(page.offset()).limit(page.size()).toList();
        return Page.of(shown, page, all.size());
    }

    private static Run run(Row row, Map<TaskStatus, Long> tasks) {
        return new Run(
                row.getString("id"),
                row.getString("workflow"),
                row.getInteger("workflow_version"),
                RunStatus.valueOf(row.getString("status")),
                row.getString("inputs"),
                row.getString("trigger"),
                row.getInteger("priority"),
                row.getString("output"),
                row.getString("error"),
                row.getOffsetDateTime("created_at"),
                row.getOffsetDateTime("started_at"),
                row.getOffsetDateTime("finished_at"),
                row.getString("parent_run_id"),
                row.getString("rerun_of"),
                row.getInteger("retries"),
                tasks);
    }

    private static Task task(Row row) {
        String errorCode = row.getString("error_code");
        String errorMessage = row.getString("error_message");
        return new Task(
                row.getLong("id"),
                row.getString("node_key"),
                row.getInteger("item_index"),
                TaskStatus.valueOf(row.getString("status")),
                row.getInteger("attempt"),
                row.getString("group_id"),
                row.getLong("agent_id"),
                row.getString("inputs"),
                row.getString("output"),
                errorCode == null ? null : new Task.Error(errorCode, errorMessage == null ? "" : errorMessage),
                row.getOffsetDateTime("retry_at"),
                row.getString("child_run_id"),
                row.getLong("fuel_used"),
                row.getLong("peak_memory_bytes"),
                row.getString("usage"),
                row.getString("artifacts"),
                row.getOffsetDateTime("queued_at"),
                row.getOffsetDateTime("started_at"),
                row.getOffsetDateTime("finished_at"));
    }

    private static <T> List<T> map(RowSet<Row> rows, Function<Row, T> mapper) {
        List<T> items = new ArrayList<>(rows.size());
        rows.forEach(row -> items.add(mapper.apply(row)));
        return items;
    }
}
