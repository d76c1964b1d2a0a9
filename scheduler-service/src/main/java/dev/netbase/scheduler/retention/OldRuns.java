package dev.netbase.scheduler.retention;

import dev.netbase.model.id.Ids;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.Database.Statements;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * Removes runs that ended long ago. A run stays while its idempotency key is younger than a day and while somebody is yet
 * to be told of its end. Ids of runs begin with the time, so the oldest are found by the primary key.
 */
final class OldRuns {
    private static final int ROWS_AT_ONCE = 5_000;

    /** The first of them, as many as have so many tasks together, but one at least. */
    private static final String OLD = """
            with old as (
                select r.id from workflow_runs r
                where r.id > $1 and r.id < $2 and not r.notify
                    and r.finished_at < clock_timestamp() - $3::bigint * interval '1 millisecond'
                    and not exists (
                        select 1 from idempotency_keys k
                        where k.run_id = r.id and k.created_at > clock_timestamp() - interval '24 hours')
                    and not exists (
                        select 1 from webhook_deliveries d where d.run_id = r.id and d.next_at is not null)
                order by r.id limit $4::bigint for update of r skip locked),
            weighed as (
                select o.id, row_number() over (order by o.id) as place, sum(n.tasks) over (order by o.id) as tasks
                from old o
                cross join lateral (
                    select coalesce(sum(total), 0) as tasks from run_nodes where run_id = o.id) n)
            select id from weighed where place = 1 or tasks <= $5::bigint order by id""";

    /** All that hangs on a run and is found by its id. */
    private static final List<String> PARTS = List.of(
            "delete from task_instances where run_id = any($1::text[])",
            "delete from run_nodes where run_id = any($1::text[])",
            "delete from run_events where run_id = any($1::text[])",
            "delete from webhook_deliveries where run_id = any($1::text[])",
            "delete from idempotency_keys where run_id = any($1::text[])",
            "delete from workflow_runs where id = any($1::text[])");

    private static final String TICKS = """
            with old as (
                select schedule_id, tick_at from schedule_ticks
                where outcome <> 'QUEUED' and tick_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
                limit %d)
            delete from schedule_ticks t using old
            where t.schedule_id = old.schedule_id and t.tick_at = old.tick_at returning t.schedule_id""".formatted(ROWS_AT_ONCE);

    private static final String EVENTS = """
            with old as (
                select workflow_id, event_id from trigger_events
                where created_at < clock_timestamp() - $1::bigint * interval '1 millisecond' limit %d)
            delete from trigger_events t using old
            where t.workflow_id = old.workflow_id and t.event_id = old.event_id returning t.run_id""".formatted(ROWS_AT_ONCE);

    private final Database database;
    private final int batch;
    private final int maxTasks;

    /**
     * @param batch the most runs that one transaction removes
     * @param maxTasks the most tasks that they have together, unless one run has more
     */
    OldRuns(Database database, int batch, int maxTasks) {
        this.database = database;
        this.batch = batch;
        this.maxTasks = maxTasks;
    }

    /** Removes all runs that ended so long ago, batch by batch, and says how many. */
    long removeRuns(Duration age, Instant now) {
        String place = "";
        long removed = 0;
        List<String> ids;
        do {
            ids = removeBatch(place, age, now);
            removed += ids.size();
            place = ids.isEmpty() ? place : ids.getLast();
        } while (!ids.isEmpty());
        drain(TICKS, age);
        return removed;
    }

    /** Removes the first of them after a place, in one transaction; answers their ids. */
    List<String> removeBatch(String after, Duration age, Instant now) {
        String newest = Ids.timeOrdered(now.minus(age).toEpochMilli());
        return database.transaction(statements -> remove(statements, after, newest, age));
    }

    private List<String> remove(Statements statements, String after, String newest, Duration age) {
        List<Row> rows = statements.query(OLD, Tuple.of(after, newest, age.toMillis(), (long) batch, (long) maxTasks));
        List<String> ids = rows.stream().map(row -> row.getString("id")).toList();
        if (!ids.isEmpty()) {
            PARTS.forEach(part -> statements.query(part, Tuple.of(ids.toArray(new String[0]))));
        }
        return ids;
    }

    /** Forgets event ids that came so long ago. */
    void forgetEvents(Duration age) {
        drain(EVENTS, age);
    }

    private void drain(String statement, Duration age) {
        int removed;
        do {
            removed = database.query(statement, Tuple.of(age.toMillis())).size();
        } while (removed == ROWS_AT_ONCE);
    }
}
