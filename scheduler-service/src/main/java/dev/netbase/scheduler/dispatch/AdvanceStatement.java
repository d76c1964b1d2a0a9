package dev.netbase.scheduler.dispatch;

import dev.netbase.model.json.Json;
import dev.netbase.model.task.AttemptSql;
import dev.netbase.scheduler.outbox.OutboxRecord;
import dev.netbase.scheduler.run.domain.RunChange;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** The one statement of {@code dispatch_task_group}, for any number of runs. */
final class AdvanceStatement {
    /** Which runs advance; its argument is one more condition on a run {@code r}. */
    static final String ADVANCED = """
            advanced as (
                update workflow_runs r set
                    version = r.version + 1,
                    status = coalesce(u.status, r.status),
                    started_at = case when u.started then clock_timestamp() else r.started_at end,
                    finished_at = case when u.ended then clock_timestamp() end,
                    output = u.output::json,
                    error = u.error::json,
                    specs = coalesce(u.specs::json, r.specs),
                    cancelling = r.cancelling or u.stop is not null,
                    stop_reason = case when u.stop is null then r.stop_reason else nullif(u.stop, 'CANCELLED') end
                from unnest($1::text[], $2::bigint[], $3::text[], $4::boolean[], $5::boolean[], $6::text[], $7::text[],
                            $8::text[], $44::text[])
                    as u (id, version, status, started, ended, output, error, specs, stop)
                where r.id = u.id and r.version = u.version and r.finished_at is null
                    and (u.stop is not null or not r.cancelling)
                    and %s
                returning r.id)""";

    static final String FOLLOWING = """
            ,
            nodes as (
                insert into run_nodes (run_id, node_key, status, total, error, on_element_failure)
                select n.run_id, n.node_key, n.status, n.total, n.error::json, n.on_element_failure
                from unnest($9::text[], $10::text[], $11::text[], $12::int[], $13::text[], $45::text[])
                    as n (run_id, node_key, status, total, error, on_element_failure)
                join advanced on advanced.id = n.run_id),
            groups as (
                insert into task_groups (id, run_id, task_count)
                select g.id, g.run_id, g.task_count
                from unnest($14::text[], $15::text[], $16::int[]) as g (id, run_id, task_count)
                join advanced on advanced.id = g.run_id),
            tasks as (
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, group_id, spec_id,
                                            timeout_ms, inputs, error_code, error_message, files, finished_at)
                select t.run_id, t.id, t.node_key, t.item_index, t.status, t.attempt, t.group_id, t.spec_id,
                       t.timeout_ms, t.inputs::json, t.error_code, t.error_message, t.files::json,
                       case when t.status <> 'PENDING' then clock_timestamp() end
                from unnest($17::text[], $18::bigint[], $19::text[], $20::int[], $21::text[], $22::int[], $23::text[],
                            $24::bigint[], $25::bigint[], $26::text[], $27::text[], $28::text[], $47::text[])
                    as t (run_id, id, node_key, item_index, status, attempt, group_id, spec_id, timeout_ms, inputs,
                          error_code, error_message, files)
                join advanced on advanced.id = t.run_id),
            redispatched as (
                update task_instances t set
                    status = case when x.child_run_id is null then 'PENDING' else 'RUNNING' end,
                    attempt = x.attempt + (x.lost > 0)::int, losses = t.losses + (x.lost > 0)::int,
                    deaths = t.deaths + (x.lost > 1)::int, lone_deaths = t.lone_deaths + (x.lost > 2)::int,
                    alone = false, group_id = x.group_id,
                    child_run_id = x.child_run_id, retry_at = null, queued_at = clock_timestamp(),
                    started_at = case when x.child_run_id is not null then clock_timestamp() end,
                    finished_at = null, worker_id = null, worker_epoch = null, error_code = null,
                    error_message = null, stderr = null, fuel_used = null, peak_memory_bytes = null, usage = null,
                    attempts = case when x.lost > 0 then coalesce(t.attempts, '[]') || %s else t.attempts end
                from unnest($29::text[], $30::bigint[], $31::int[], $32::int[], $33::text[], $46::text[])
                    as x (run_id, id, attempt, lost, group_id, child_run_id)
                join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt
                    and case when x.lost > 0 then t.status = 'RUNNING'
                             else t.status = 'PENDING' and t.retry_at is not null end
                returning t.run_id, t.id, t.attempt),
            cancelled as (
                update task_instances t set
                    status = 'CANCELLED', error_code = 'CANCELLED', error_message = 'cancelled; its worker was lost',
                    finished_at = clock_timestamp()
                from unnest($34::text[], $35::bigint[], $36::int[]) as x (run_id, id, attempt)
                join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt and t.status = 'RUNNING'),
            withdrawn as (
                update task_instances t set
                    status = 'CANCELLED', error_code = 'CANCELLED', error_message = 'the run was stopped',
                    finished_at = clock_timestamp(), retry_at = null
                from advanced
                where advanced.id = any($37::text[]) and t.run_id = advanced.id and t.status = 'PENDING'
                returning t.run_id, t.id, t.attempt),
            records as (
                insert into outbox (id, topic, key, value, headers)
                select o.id, o.topic, o.key, o.value, o.headers::json
                from unnest($38::text[], $39::text[], $40::text[], $41::text[], $42::bytea[], $43::text[])
                    as o (id, run_id, topic, key, value, headers)
                join advanced on advanced.id = o.run_id)
            """.replace("%s", AttemptSql.object("'LOST'"));

    /**
     * The parts that most advances need, without an answer. Every part hangs on {@code advanced}: the rows of a run that
     * was not at the expected version, or is to stop without the decision knowing it, are not written. What it answers
     * tells the runs that advanced, the tasks redispatched, and the tasks withdrawn.
     */
    static final String PARTS = "with " + ADVANCED.formatted("true") + FOLLOWING;

    static final String ANSWER = """
            select 'advanced' as what, id as run_id, null::bigint as task_id, null::int as attempt from advanced
            union all select 'redispatched', run_id, id, attempt from redispatched
            union all select 'withdrawn', run_id, id, attempt from withdrawn""";

    /** The whole, for advances without {@link AdvanceExtras}. */
    static final String SQL = PARTS + ANSWER;

    private AdvanceStatement() {}

    private record Of<T>(String runId, T row) {}

    static Tuple arguments(List<AdvanceRows> advances) {
        List<AdvanceRows.RunRow> runs = advances.stream().map(AdvanceRows::run).toList();
        Tuple arguments = Tuple.tuple();
        add(arguments, runs, AdvanceRows.RunRow::id, String[]::new);
        add(arguments, runs, AdvanceRows.RunRow::expectedVersion, Long[]::new);
        add(arguments, runs, AdvanceRows.RunRow::status, String[]::new);
        add(arguments, runs, AdvanceRows.RunRow::started, Boolean[]::new);
        add(arguments, runs, AdvanceRows.RunRow::ended, Boolean[]::new);
        add(arguments, runs, AdvanceRows.RunRow::output, String[]::new);
        add(arguments, runs, AdvanceRows.RunRow::error, String[]::new);
        add(arguments, runs, AdvanceRows.RunRow::specs, String[]::new);

        List<Of<AdvanceRows.NodeRow>> nodes = flatten(advances, AdvanceRows::nodes);
        add(arguments, nodes, Of::runId, String[]::new);
        add(arguments, nodes, of -> of.row().key(), String[]::new);
        add(arguments, nodes, of -> of.row().status(), String[]::new);
        add(arguments, nodes, of -> of.row().total(), Integer[]::new);
        add(arguments, nodes, of -> of.row().error(), String[]::new);

        List<Of<AdvanceRows.GroupRow>> groups = flatten(advances, AdvanceRows::groups);
        add(arguments, groups, of -> of.row().id(), String[]::new);
        add(arguments, groups, Of::runId, String[]::new);
        add(arguments, groups, of -> of.row().size(), Integer[]::new);

        addTasks(arguments, flatten(advances, AdvanceRows::tasks));

        List<Of<AdvanceRows.RedispatchRow>> redispatched = flatten(advances, AdvanceRows::redispatched);
        add(arguments, redispatched, Of::runId, String[]::new);
        add(arguments, redispatched, of -> of.row().taskId(), Long[]::new);
        add(arguments, redispatched, of -> of.row().attempt(), Integer[]::new);
        add(arguments, redispatched, of -> lost(of.row().reason()), Integer[]::new);
        add(arguments, redispatched, of -> of.row().groupId(), String[]::new);

        List<Of<AdvanceRows.CancelledRow>> cancelled = flatten(advances, AdvanceRows::cancelled);
        add(arguments, cancelled, Of::runId, String[]::new);
        add(arguments, cancelled, of -> of.row().taskId(), Long[]::new);
        add(arguments, cancelled, of -> of.row().attempt(), Integer[]::new);

        List<AdvanceRows> withdrawing =
                advances.stream().filter(AdvanceRows::withdrawQueued).toList();
        add(arguments, withdrawing, advance -> advance.run().id(), String[]::new);

        List<Of<OutboxRecord>> records = flatten(advances, AdvanceRows::records);
        add(arguments, records, of -> of.row().id(), String[]::new);
        add(arguments, records, Of::runId, String[]::new);
        add(arguments, records, of -> of.row().topic(), String[]::new);
        add(arguments, records, of -> of.row().key(), String[]::new);
        add(arguments, records, of -> Buffer.buffer(of.row().value()), Buffer[]::new);
        add(arguments, records, of -> Json.write(of.row().headers()), String[]::new);
        add(arguments, runs, AdvanceRows.RunRow::stop, String[]::new);
        add(arguments, nodes, of -> of.row().onElementFailure(), String[]::new);
        add(arguments, redispatched, of -> of.row().childRunId(), String[]::new);
        add(arguments, flatten(advances, AdvanceRows::tasks), of -> of.row().files(), String[]::new);
        return arguments;
    }

    /** How the statement tells losses apart. */
    private static int lost(RunChange.TaskRedispatched.Reason reason) {
        return switch (reason) {
            case WAITED -> 0;
            case GIVEN_BACK -> 1;
            case LOST -> 2;
            case LOST_ALONE -> 3;
        };
    }

    private static void addTasks(Tuple arguments, List<Of<AdvanceRows.TaskRow>> tasks) {
        add(arguments, tasks, Of::runId, String[]::new);
        add(arguments, tasks, of -> of.row().id(), Long[]::new);
        add(arguments, tasks, of -> of.row().node(), String[]::new);
        add(arguments, tasks, of -> of.row().index(), Integer[]::new);
        add(arguments, tasks, of -> of.row().status(), String[]::new);
        add(arguments, tasks, of -> of.row().attempt(), Integer[]::new);
        add(arguments, tasks, of -> of.row().groupId(), String[]::new);
        add(arguments, tasks, of -> of.row().specId(), Long[]::new);
        add(arguments, tasks, of -> of.row().timeoutMs(), Long[]::new);
        add(arguments, tasks, of -> of.row().inputs(), String[]::new);
        add(arguments, tasks, of -> of.row().errorCode(), String[]::new);
        add(arguments, tasks, of -> of.row().errorMessage(), String[]::new);
    }

    private static <T> List<Of<T>> flatten(List<AdvanceRows> advances, Function<AdvanceRows, List<T>> rows) {
        List<Of<T>> all = new ArrayList<>();
        for (AdvanceRows advance : advances) {
            rows.apply(advance).forEach(row -> all.add(new Of<>(advance.run().id(), row)));
        }
        return all;
    }

    /** Adds a column of rows as an array. */
    static <R, C> void add(
            Tuple arguments, List<R> rows, Function<R, ? extends @Nullable Object> column, IntFunction<C[]> array) {
        arguments.addValue(rows.stream().map(column).toArray(array));
    }
}
