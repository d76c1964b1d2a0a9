package dev.netbase.scheduler.webhook;

import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.Database.Statements;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Deliveries in the database: made once for each end of a run, claimed by one scheduler for each attempt. */
@ApplicationScoped
public class WebhookStore {
    static final int RUNS_AT_ONCE = 200;
    static final int DELIVERIES_AT_ONCE = 20;

    /** A claim that nobody reported on is open again after this. */
    private static final Duration LEASE = Duration.ofMinutes(2);

    private static final String ENDED = """
            with ended as (
                select id from workflow_runs where notify and finished_at is not null
                order by id limit %d for update skip locked)
            update workflow_runs r set notify = false
            from ended, workflows w, workflow_versions v
            where r.id = ended.id and w.id = r.workflow_id and v.workflow_id = r.workflow_id
                and v.version = r.workflow_version
            returning r.id, w.name as workflow, r.workflow_version, r.status, r.output::text as output,
                r.error::text as error, r.created_at, r.started_at, r.finished_at,
                case r.status when 'COMPLETED' then v.definition -> 'on_complete' ->> 'url'
                    when 'FAILED' then v.definition -> 'on_failure' ->> 'url' end as url""".formatted(RUNS_AT_ONCE);

    private static final String INSERT =
            "insert into webhook_deliveries (id, run_id, url, body) values ($1, $2, $3, $4)";

    private static final String CLAIM = """
            with due as (
                select id from webhook_deliveries where next_at <= clock_timestamp()
                order by next_at limit %d for update skip locked)
            update webhook_deliveries d
            set attempts = attempts + 1, next_at = clock_timestamp() + $1::bigint * interval '1 millisecond'
            from due where d.id = due.id returning d.id, d.run_id, d.url, d.body, d.attempts""".formatted(DELIVERIES_AT_ONCE);

    private static final String DELIVERED = """
            update webhook_deliveries set delivered_at = clock_timestamp(), next_at = null, error = null
            where id = $1 and attempts = $2""";

    private static final String FAILED = """
            update webhook_deliveries set error = $3,
                next_at = case when $4::bigint >= 0 then clock_timestamp() + $4::bigint * interval '1 millisecond' end
            where id = $1 and attempts = $2 and delivered_at is null""";

    private final Database database;

    public WebhookStore(Database database) {
        this.database = database;
    }

    /** Makes the deliveries of runs that have ended; answers how many runs it looked at, {@value #RUNS_AT_ONCE} at most. */
    int collect(Instant now) {
        return database.transaction(statements -> {
            List<Row> runs = statements.query(ENDED, Tuple.tuple());
            runs.stream().filter(run -> run.getString("url") != null).forEach(run -> insert(statements, run, now));
            return runs.size();
        });
    }

    private static void insert(Statements statements, Row run, Instant now) {
        statements.query(
                INSERT,
                Tuple.of(Ids.timeOrdered(now.toEpochMilli()), run.getString("id"), run.getString("url"), body(run)));
    }

    private static String body(Row run) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("run_id", run.getString("id"));
        data.put("workflow", run.getString("workflow"));
        data.put("version", run.getInteger("workflow_version"));
        data.put("status", run.getString("status"));
        data.put("output", parsed(run.getString("output")));
        data.put("error", parsed(run.getString("error")));
        data.put("created_at", time(run, "created_at"));
        data.put("started_at", time(run, "started_at"));
        data.put("finished_at", time(run, "finished_at"));
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("type", run.getString("status").equals("COMPLETED") ? "run.completed" : "run.failed");
        message.put("timestamp", data.get("finished_at"));
        message.put("data", data);
        return Json.write(message);
    }

    private static @Nullable Object parsed(@Nullable String json) {
        return json == null ? null : Json.parse(json);
    }

    private static @Nullable String time(Row run, String column) {
        return run.getOffsetDateTime(column) == null
                ? null
                : run.getOffsetDateTime(column).toInstant().toString();
    }

    /** Claims what is due, {@value #DELIVERIES_AT_ONCE} at most. */
    List<Delivery> claim() {
        return database.query(CLAIM, Tuple.of(LEASE.toMillis())).stream()
                .map(row -> new Delivery(
                        row.getString("id"),
                        row.getString("run_id"),
                        URI.create(row.getString("url")),
                        row.getString("body"),
                        row.getInteger("attempts")))
                .toList();
    }

    void delivered(Delivery delivery) {
        database.query(DELIVERED, Tuple.of(delivery.id(), delivery.attempt()));
    }

    /** Keeps why an attempt failed, and when the next is due; null if there will be none. */
    void failed(Delivery delivery, String error, @Nullable Duration wait) {
        database.query(
                FAILED, Tuple.of(delivery.id(), delivery.attempt(), error, wait == null ? -1L : wait.toMillis()));
    }
}
