package dev.netbase.scheduler.dispatch;

import dev.netbase.model.json.Json;
import dev.netbase.scheduler.outbox.OutboxRecord;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The one statement of {@code dispatch_task_group}, for any number of runs. Every part of it hangs on {@code advanced}:
 * the rows of a run that was not at the expected version are not written. Its answer tells the runs that advanced, the
 * tasks redispatched, and the tasks withdrawn. A part for which there are no rows is left out, so that the usual
 * statements are short; there are few combinations, each prepared once per connection.
 */
final class AdvanceStatement {
    private static final String ADVANCED = """
            with advanced as (
                update workflow_runs r set
                    version = r.version + 1,
                    status = coalesce(u.status, r.status),
                    started_at = case when u.started then clock_timestamp() else r.started_at end,
                    finished_at = case when u.ended then clock_timestamp() end,
                    output = u.output::json,
                    error = u.error::json,
                    specs = coalesce(u.specs::json, r.specs)
                from unnest(?::text[], ?::bigint[], ?::text[], ?::boolean[], ?::boolean[], ?::text[], ?::text[],
                            ?::text[]) as u (id, version, status, started, ended, output, error, specs)
                where r.id = u.id and r.version = u.version and r.finished_at is null
                returning r.id)""";
    private static final String NODES = """
            nodes as (
                insert into run_nodes (run_id, node_key, status, total, error)
                select n.run_id, n.node_key, n.status, n.total, n.error::json
                from unnest(?::text[], ?::text[], ?::text[], ?::int[], ?::text[])
                    as n (run_id, node_key, status, total, error)
                join advanced on advanced.id = n.run_id)""";
    private static final String GROUPS = """
            groups as (
                insert into task_groups (id, run_id, task_count)
                select g.id, g.run_id, g.task_count
                from unnest(?::text[], ?::text[], ?::int[]) as g (id, run_id, task_count)
                join advanced on advanced.id = g.run_id)""";
    private static final String TASKS = """
            tasks as (
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, group_id, spec_id,
                                            timeout_ms, inputs, error_code, error_message, finished_at)
                select t.run_id, t.id, t.node_key, t.item_index, t.status, t.attempt, t.group_id, t.spec_id,
                       t.timeout_ms, t.inputs::json, t.error_code, t.error_message,
                       case when t.status <> 'PENDING' then clock_timestamp() end
                from unnest(?::text[], ?::bigint[], ?::text[], ?::int[], ?::text[], ?::int[], ?::text[],
                            ?::bigint[], ?::bigint[], ?::text[], ?::text[], ?::text[])
                    as t (run_id, id, node_key, item_index, status, attempt, group_id, spec_id, timeout_ms, inputs,
                          error_code, error_message)
                join advanced on advanced.id = t.run_id)""";
    private static final String REDISPATCHED = """
            redispatched as (
                update task_instances t set
                    status = 'PENDING', attempt = x.attempt + 1, losses = t.losses + x.losses, group_id = x.group_id,
                    queued_at = clock_timestamp(), started_at = null, finished_at = null, worker_id = null,
                    worker_epoch = null, error_code = null, error_message = null, stderr = null, fuel_used = null,
                    peak_memory_bytes = null
                from unnest(?::text[], ?::bigint[], ?::int[], ?::int[], ?::text[])
                    as x (run_id, id, attempt, losses, group_id)
                join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt
                    and t.status in ('RUNNING', 'FAILED')
                returning t.run_id, t.id, t.attempt)""";
    private static final String CANCELLED = """
            cancelled as (
                update task_instances t set
                    status = 'CANCELLED', error_code = 'CANCELLED', error_message = 'the run was cancelled',
                    finished_at = clock_timestamp()
                from unnest(?::text[], ?::bigint[], ?::int[]) as x (run_id, id, attempt)
                join advanced on advanced.id = x.run_id
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt
                    and t.status in ('RUNNING', 'FAILED'))""";
    private static final String WITHDRAWN = """
            withdrawn as (
                update task_instances t set
                    status = 'CANCELLED', error_code = 'CANCELLED', error_message = 'the run was cancelled',
                    finished_at = clock_timestamp()
                from advanced
                where advanced.id = any(?::text[]) and t.run_id = advanced.id and t.status = 'PENDING'
                returning t.run_id, t.id, t.attempt)""";
    private static final String RECORDS = """
            records as (
                insert into outbox (id, topic, key, value, headers)
                select o.id, o.topic, o.key, o.value, o.headers::json
                from unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::bytea[], ?::text[])
                    as o (id, run_id, topic, key, value, headers)
                join advanced on advanced.id = o.run_id)""";

    private final StringBuilder sql = new StringBuilder(4_096);
    private final Tuple arguments = Tuple.tuple();
    private int numbered;

    /** A row and the run it belongs to. */
    private record Of<T>(String runId, T row) {}

    /** The statement that writes these advances, one at least. */
    AdvanceStatement(List<AdvanceRows> advances) {
        runs(advances.stream().map(AdvanceRows::run).toList());
        nodes(flatten(advances, AdvanceRows::nodes));
        groups(flatten(advances, AdvanceRows::groups));
        tasks(flatten(advances, AdvanceRows::tasks));
        boolean redispatches = redispatched(flatten(advances, AdvanceRows::redispatched));
        cancelled(flatten(advances, AdvanceRows::cancelled));
        boolean withdraws = withdrawn(
                advances.stream().filter(AdvanceRows::withdrawQueued).toList());
        records(flatten(advances, AdvanceRows::records));
        sql.append("\nselect 'advanced' as what, id as run_id, null::bigint as task_id, null::int as attempt from advanced");
        if (redispatches) {
            sql.append("\nunion all select 'redispatched', run_id, id, attempt from redispatched");
        }
        if (withdraws) {
            sql.append("\nunion all select 'withdrawn', run_id, id, attempt from withdrawn");
        }
    }

    String sql() {
        return sql.toString();
    }

    Tuple arguments() {
        return arguments;
    }

    private void runs(List<AdvanceRows.RunRow> runs) {
        part(ADVANCED);
        add(runs, AdvanceRows.RunRow::id, String[]::new);
        add(runs, AdvanceRows.RunRow::expectedVersion, Long[]::new);
        add(runs, AdvanceRows.RunRow::status, String[]::new);
        add(runs, AdvanceRows.RunRow::started, Boolean[]::new);
        add(runs, AdvanceRows.RunRow::ended, Boolean[]::new);
        add(runs, AdvanceRows.RunRow::output, String[]::new);
        add(runs, AdvanceRows.RunRow::error, String[]::new);
        add(runs, AdvanceRows.RunRow::specs, String[]::new);
    }

    private void nodes(List<Of<AdvanceRows.NodeRow>> nodes) {
        if (nodes.isEmpty()) {
            return;
        }
        part(NODES);
        add(nodes, Of::runId, String[]::new);
        add(nodes, of -> of.row().key(), String[]::new);
        add(nodes, of -> of.row().status(), String[]::new);
        add(nodes, of -> of.row().total(), Integer[]::new);
        add(nodes, of -> of.row().error(), String[]::new);
    }

    private void groups(List<Of<AdvanceRows.GroupRow>> groups) {
        if (groups.isEmpty()) {
            return;
        }
        part(GROUPS);
        add(groups, of -> of.row().id(), String[]::new);
        add(groups, Of::runId, String[]::new);
        add(groups, of -> of.row().size(), Integer[]::new);
    }

    private void tasks(List<Of<AdvanceRows.TaskRow>> tasks) {
        if (tasks.isEmpty()) {
            return;
        }
        part(TASKS);
        add(tasks, Of::runId, String[]::new);
        add(tasks, of -> of.row().id(), Long[]::new);
        add(tasks, of -> of.row().node(), String[]::new);
        add(tasks, of -> of.row().index(), Integer[]::new);
        add(tasks, of -> of.row().status(), String[]::new);
        add(tasks, of -> of.row().attempt(), Integer[]::new);
        add(tasks, of -> of.row().groupId(), String[]::new);
        add(tasks, of -> of.row().specId(), Long[]::new);
        add(tasks, of -> of.row().timeoutMs(), Long[]::new);
        add(tasks, of -> of.row().inputs(), String[]::new);
        add(tasks, of -> of.row().errorCode(), String[]::new);
        add(tasks, of -> of.row().errorMessage(), String[]::new);
    }

    private boolean redispatched(List<Of<AdvanceRows.RedispatchRow>> redispatched) {
        if (redispatched.isEmpty()) {
            return false;
        }
        part(REDISPATCHED);
        add(redispatched, Of::runId, String[]::new);
        add(redispatched, of -> of.row().taskId(), Long[]::new);
        add(redispatched, of -> of.row().attempt(), Integer[]::new);
        add(redispatched, of -> of.row().losses(), Integer[]::new);
        add(redispatched, of -> of.row().groupId(), String[]::new);
        return true;
    }

    private void cancelled(List<Of<AdvanceRows.CancelledRow>> cancelled) {
        if (cancelled.isEmpty()) {
            return;
        }
        part(CANCELLED);
        add(cancelled, Of::runId, String[]::new);
        add(cancelled, of -> of.row().taskId(), Long[]::new);
        add(cancelled, of -> of.row().attempt(), Integer[]::new);
    }

    private boolean withdrawn(List<AdvanceRows> withdrawing) {
        if (withdrawing.isEmpty()) {
            return false;
        }
        part(WITHDRAWN);
        add(withdrawing, advance -> advance.run().id(), String[]::new);
        return true;
    }

    private void records(List<Of<OutboxRecord>> records) {
        if (records.isEmpty()) {
            return;
        }
        part(RECORDS);
        add(records, of -> of.row().id(), String[]::new);
        add(records, Of::runId, String[]::new);
        add(records, of -> of.row().topic(), String[]::new);
        add(records, of -> of.row().key(), String[]::new);
        add(records, of -> Buffer.buffer(of.row().value()), Buffer[]::new);
        add(records, of -> Json.write(of.row().headers()), String[]::new);
    }

    private static <T> List<Of<T>> flatten(List<AdvanceRows> advances, Function<AdvanceRows, List<T>> rows) {
        List<Of<T>> all = new ArrayList<>();
        for (AdvanceRows advance : advances) {
            rows.apply(advance).forEach(row -> all.add(new Of<>(advance.run().id(), row)));
        }
        return all;
    }

    /** Appends a part, its question marks numbered on; none of the parts has another use for one. */
    private void part(String part) {
        if (!sql.isEmpty()) {
            sql.append(",\n");
        }
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '?') {
                sql.append('$').append(++numbered);
            } else {
                sql.append(c);
            }
        }
    }

    private <R, C> void add(List<R> rows, Function<R, ? extends @Nullable Object> column, IntFunction<C[]> array) {
        C[] values = array.apply(rows.size());
        for (int i = 0; i < values.length; i++) {
            @SuppressWarnings("unchecked")
            C value = (C) column.apply(rows.get(i));
            values[i] = value;
        }
        arguments.addValue(values);
    }
}
