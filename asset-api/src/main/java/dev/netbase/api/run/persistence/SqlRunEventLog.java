package dev.netbase.api.run.persistence;

import dev.netbase.api.run.application.RunEventLog;
import dev.netbase.api.run.domain.RunEvent;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Events of followed runs in the table {@code run_events}. */
@ApplicationScoped
public class SqlRunEventLog implements RunEventLog {
    private static final int MAX_MESSAGE_CHARS = 2_000;

    /**
     * One statement, so one view of the database: if it sees a run's end, it sees how all its tasks ended. Two that run
     * at once for one run give the same numbers, and the primary key lets only one of them commit; so numbers become
     * visible in their order.
     */
    private static final String RECORD = """
            with known as (
                select run_id, max(seq) as last from run_events where run_id = any($1) group by run_id),
            changes as (
                select t.run_id, t.id as task_id, t.attempt, t.status, t.node_key, t.item_index, t.group_id,
                    case when t.error_code is not null then json_build_object(
                        'code', t.error_code, 'message', left(t.error_message, %d)) end as error,
                    coalesce(case t.status when 'PENDING' then t.queued_at when 'RUNNING' then t.started_at
                        else t.finished_at end, t.queued_at) as at,
                    1 as place
                from task_instances t
                where t.run_id = any($1) and not exists (
                    select 1 from run_events e where e.run_id = t.run_id and e.task_id = t.id
                        and e.attempt = t.attempt and e.status = t.status)
                union all
                select r.id, 0, 0, r.status, null, null, null, r.error,
                    coalesce(case r.status when 'PENDING' then r.created_at when 'RUNNING' then r.started_at
                        else r.finished_at end, r.created_at),
                    case when r.finished_at is null then 0 else 2 end
                from workflow_runs r
                where r.id = any($1) and r.status is distinct from (
                    select e.status from run_events e where e.run_id = r.id and e.task_id = 0
                    order by e.seq desc limit 1))
            insert into run_events (run_id, seq, task_id, attempt, status, node_key, item_index, group_id, error, at)
            select c.run_id,
                coalesce(k.last, 0) + row_number() over (
                    partition by c.run_id order by c.place = 2, c.at, c.place, c.task_id),
                c.task_id, c.attempt, c.status, c.node_key, c.item_index, c.group_id, c.error, c.at
            from changes c left join known k on k.run_id = c.run_id""".formatted(MAX_MESSAGE_CHARS);

    private static final String AFTER = """
            select p.run_id, p.seq as place, e.seq, e.task_id, e.attempt, e.status, e.node_key, e.item_index, e.group_id,
                e.error::text as error, e.at
            from unnest($1::text[], $2::int[]) as p (run_id, seq)
            cross join lateral (
                select * from run_events e where e.run_id = p.run_id and e.seq > p.seq order by e.seq limit %d) e
            order by p.run_id, p.seq, e.seq""".formatted(PAGE);

    private final Pool pool;

    SqlRunEventLog(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<Void> record(Collection<String> runIds) {
        return pool.preparedQuery(RECORD)
                .execute(Tuple.tuple().addArrayOfString(runIds.toArray(String[]::new)))
                .replaceWithVoid();
    }

    @Override
    public Uni<Map<Place, List<RunEvent>>> after(Collection<Place> places) {
        return pool.preparedQuery(AFTER)
                .execute(Tuple.tuple()
                        .addArrayOfString(places.stream().map(Place::runId).toArray(String[]::new))
                        .addArrayOfInteger(places.stream().map(Place::seq).toArray(Integer[]::new)))
                .map(rows -> {
                    Map<Place, List<RunEvent>> found = new LinkedHashMap<>();
                    for (Row row : rows) {
                        Place place = new Place(row.getString("run_id"), row.getInteger("place"));
                        found.computeIfAbsent(place, any -> new ArrayList<>()).add(event(row));
                    }
                    return found;
                });
    }

    private static RunEvent event(Row row) {
        long taskId = row.getLong("task_id");
        RunEvent.Subject subject = taskId == 0
                ? new RunEvent.Subject.OfRun()
                : new RunEvent.Subject.OfTask(
                        taskId,
                        row.getString("node_key"),
                        row.getInteger("item_index"),
                        row.getInteger("attempt"),
                        row.getString("group_id"));
        return new RunEvent(
                row.getInteger("seq"),
                subject,
                row.getString("status"),
                row.getString("error"),
                row.getOffsetDateTime("at"));
    }
}
