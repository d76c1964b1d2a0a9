package dev.netbase.api.run.persistence;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.run.application.RepeatRepository;
import dev.netbase.api.run.application.RunRepository.Started;
import dev.netbase.api.run.application.Runs;
import dev.netbase.api.run.domain.Comparison;
import dev.netbase.api.run.domain.OutputDifference;
import dev.netbase.api.run.domain.Provenance;
import dev.netbase.model.problem.ProblemCode;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskStatus;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Retried and repeated runs in SQL. Digests are computed when asked for: writing them would cost every task. */
@ApplicationScoped
public class SqlRepeatRepository implements RepeatRepository {
    private static final List<String> REOPENING =
            List.of(RepeatSql.FORGET_NODES, RepeatSql.FORGET_TASKS, RepeatSql.REOPEN_NODES, RepeatSql.REOPEN_TASKS);

    private final Pool pool;

    SqlRepeatRepository(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<RunStatus> retry(String runId) {
        return pool.withTransaction(connection -> connection
                .preparedQuery(RepeatSql.REOPEN)
                .execute(Tuple.of(runId))
                .flatMap(reopened -> {
                    if (reopened.size() == 0) {
                        return refuseRetry(connection, runId);
                    }
                    RunStatus status =
                            RunStatus.valueOf(reopened.iterator().next().getString("status"));
                    Uni<Void> rows = Uni.createFrom().voidItem();
                    for (String sql : REOPENING) {
                        rows = rows.chain(() -> connection
                                .preparedQuery(sql)
                                .execute(Tuple.of(runId))
                                .replaceWithVoid());
                    }
                    return rows.replaceWith(status);
                }));
    }

    private static Uni<RunStatus> refuseRetry(SqlConnection connection, String runId) {
        return connection
                .preparedQuery(RepeatSql.STATUS)
                .execute(Tuple.of(runId))
                .map(rows -> {
                    if (rows.size() == 0) {
                        throw Runs.notFound(runId);
                    }
                    Row run = rows.iterator().next();
                    String parent = run.getString("parent_run_id");
                    throw new ProblemException(
                            ProblemCode.RUN_NOT_RETRYABLE,
                            parent == null
                                    ? "the run is " + run.getString("status")
                                            + "; only one that FAILED or was CANCELLED can be retried"
                                    : "the run is a part of run '" + parent + "'; retry that one");
                });
    }

    @Override
    public Uni<Repeated> rerun(NewRerun rerun) {
        String key = rerun.idempotencyKey();
        if (key == null) {
            return insert(pool, rerun);
        }
        return pool.withTransaction(connection -> connection
                .preparedQuery(RepeatSql.WORKFLOW_OF)
                .execute(Tuple.of(rerun.originId()))
                .flatMap(found -> {
                    if (found.size() == 0) {
                        throw Runs.notFound(rerun.originId());
                    }
                    long workflowId = found.iterator().next().getLong("workflow_id");
                    return IdempotencyKeys.claim(
                            connection,
                            new IdempotencyKeys.Use(rerun.ownerId(), workflowId, key, rerun.bodyDigest()),
                            rerun.runId());
                })
                .flatMap(earlier -> earlier.isPresent()
                        ? Uni.createFrom().item(new Repeated(earlier.get(), false))
                        : insert(connection, rerun)));
    }

    private static Uni<Repeated> insert(SqlClient client, NewRerun rerun) {
        return client.preparedQuery(RepeatSql.RERUN)
                .execute(Tuple.of(rerun.originId(), rerun.runId(), rerun.ownerId(), rerun.exact(), rerun.traceparent()))
                .flatMap(written -> written.size() > 0
                        ? Uni.createFrom()
                                .item(new Repeated(
                                        new Started(rerun.runId(), RunStatus.PENDING, true),
                                        written.iterator().next().getBoolean("held")))
                        : refuseRerun(client, rerun.originId()));
    }

    private static Uni<Repeated> refuseRerun(SqlClient client, String originId) {
        return client.preparedQuery(RepeatSql.STATUS)
                .execute(Tuple.of(originId))
                .map(found -> {
                    if (found.size() == 0) {
                        throw Runs.notFound(originId);
                    }
                    throw new ProblemException(
                            ProblemCode.RUN_NOT_STARTED,
                            "run '" + originId
                                    + "' has not fixed what its nodes execute, so nothing can repeat it exactly");
                });
    }

    @Override
    public Uni<Optional<Comparison>> comparison(String runId) {
        return pool.preparedQuery(RepeatSql.COMPARISON)
                .execute(Tuple.of(runId))
                .map(rows -> map(
                                rows,
                                row -> new Comparison(
                                        runId,
                                        row.getString("rerun_of"),
                                        row.getBoolean("exact"),
                                        row.getBoolean("complete"),
                                        row.getBoolean("output_differs")))
                        .stream()
                        .findFirst());
    }

    @Override
    public Uni<Page<OutputDifference>> differences(String runId, String originId, PageRequest page) {
        return pool.preparedQuery(RepeatSql.COUNT_DIFFERENCES)
                .execute(Tuple.of(runId, originId))
                .flatMap(counts -> pool.preparedQuery(RepeatSql.DIFFERENCES)
                        .execute(Tuple.of(runId, originId, page.size(), page.offset()))
                        .map(rows -> Page.of(
                                map(rows, SqlRepeatRepository::difference),
                                page,
                                counts.iterator().next().getLong("total"))));
    }

    private static OutputDifference difference(Row row) {
        return new OutputDifference(
                row.getString("node_key"), row.getInteger("item_index"), side(row, ""), side(row, "origin_"));
    }

    private static OutputDifference.@Nullable Side side(Row row, String prefix) {
        Long id = row.getLong(prefix + "id");
        return id == null
                ? null
                : new OutputDifference.Side(
                        id, TaskStatus.valueOf(row.getString(prefix + "status")), row.getString(prefix + "sha256"));
    }

    @Override
    public Uni<Optional<Provenance>> provenance(String runId) {
        return pool.preparedQuery(RepeatSql.RUN).execute(Tuple.of(runId)).flatMap(runs -> {
            if (runs.size() == 0) {
                return Uni.createFrom().item(Optional.<Provenance>empty());
            }
            Row run = runs.iterator().next();
            return pool.preparedQuery(RepeatSql.ENGINES)
                    .execute(Tuple.of(runId))
                    .flatMap(engines -> pool.preparedQuery(RepeatSql.NODES)
                            .execute(Tuple.of(runId))
                            .map(nodes -> Optional.of(provenance(
                                    run,
                                    map(engines, row -> row.getString("engine")),
                                    map(nodes, SqlRepeatRepository::node)))));
        });
    }

    private static Provenance provenance(Row run, List<String> engines, List<Provenance.Node> nodes) {
        return new Provenance(
                run.getString("id"),
                run.getString("workflow"),
                run.getInteger("workflow_version"),
                run.getString("trigger"),
                run.getString("rerun_of"),
                run.getBoolean("exact"),
                run.getString("parent_run_id"),
                run.getString("inputs_sha256"),
                run.getString("output_sha256"),
                engines,
                nodes);
    }

    private static Provenance.Node node(Row row) {
        String workflow = row.getString("workflow");
        return workflow == null
                ? new Provenance.AgentNode(
                        row.getString("node"),
                        row.getLong("agent_id"),
                        row.getString("agent_type"),
                        row.getLong("asset_file_id"),
                        row.getString("nanoid"),
                        row.getString("version_string"),
                        row.getString("relative_path"),
                        row.getString("checksum"),
                        row.getString("config"))
                : new Provenance.WorkflowNode(
                        row.getString("node"), workflow, Objects.requireNonNull(row.getInteger("version")));
    }

    @Override
    public Uni<Optional<Page<Provenance.TaskPart>>> taskParts(String runId, PageRequest page) {
        return pool.preparedQuery(RunSql.TASK_TOTAL)
                .execute(Tuple.of(runId, null))
                .flatMap(totals -> {
                    if (totals.size() == 0) {
                        return Uni.createFrom().item(Optional.<Page<Provenance.TaskPart>>empty());
                    }
                    long total = totals.iterator().next().getLong("total");
                    return pool.preparedQuery(RepeatSql.TASK_PARTS)
                            .execute(Tuple.of(runId, page.size(), page.offset()))
                            .map(rows -> Optional.of(Page.of(map(rows, SqlRepeatRepository::taskPart), page, total)));
                });
    }

    private static Provenance.TaskPart taskPart(Row row) {
        return new Provenance.TaskPart(
                row.getLong("id"),
                row.getString("node_key"),
                row.getInteger("item_index"),
                row.getInteger("attempt"),
                row.getString("inputs_sha256"),
                row.getString("output_sha256"),
                row.getLong("timeout_ms"),
                row.getString("engine"),
                row.getString("child_run_id"));
    }

    private static <T> List<T> map(RowSet<Row> rows, Function<Row, T> mapper) {
        List<T> items = new ArrayList<>(rows.size());
        rows.forEach(row -> items.add(mapper.apply(row)));
        return items;
    }
}
