package dev.netbase.scheduler.schedule;

import dev.netbase.model.definition.StartSettings;
import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.schedule.TickPlan;
import dev.netbase.model.trace.TraceParent;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.Database.Statements;
import dev.netbase.scheduler.run.application.Definitions;
import dev.netbase.scheduler.schedule.TickDecision.Outcome;
import dev.netbase.scheduler.trace.RunSpan;
import dev.netbase.scheduler.trace.RunTraces;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Decides the ticks that are due. A schedule is locked while it is decided and others pass it by; the tick's row, the run
 * and the next time are written in one transaction. That a tick is decided once, ever, is the key of its row. For one
 * thread.
 */
final class Ticker {
    private static final Logger LOG = Logger.getLogger(Ticker.class);
    private static final int AT_ONCE = 50;

    private static final String COLUMNS = """
            select s.id, s.name, s.workflow_id, coalesce(s.version, w.latest_version) as version, s.cron, s.time_zone,
                s.inputs::text as inputs, s.priority, s.catch_up, s.overlap, s.paused, s.next_at, s.last_run_id,
                s.owner_id, w.paused or w.max_runs is not null as limited,
                exists (select 1 from workflow_runs r where r.id = s.last_run_id and r.finished_at is null) as busy,
                (select count(*) from schedule_ticks t where t.schedule_id = s.id and t.outcome = 'QUEUED') as queued
            from schedules s join workflows w on w.id = s.workflow_id
            """;

    private static final String DUE = COLUMNS + """
            where not s.paused and s.next_at <= $1 order by s.next_at limit %d for update of s skip locked""".formatted(AT_ONCE);

    /** Those whose last run has ended while ticks wait for it. */
    private static final String QUEUED = COLUMNS + """
            where s.id in (select t.schedule_id from schedule_ticks t where t.outcome = 'QUEUED')
                and not exists (select 1 from workflow_runs r where r.id = s.last_run_id and r.finished_at is null)
            limit %d for update of s skip locked""".formatted(AT_ONCE);

    private static final String OLDEST_QUEUED = """
            select tick_at from schedule_ticks where schedule_id = $1 and outcome = 'QUEUED' order by tick_at limit 1""";

    private static final String KEEP_TICK = """
            insert into schedule_ticks (schedule_id, tick_at, outcome, run_id, reason) values ($1, $2, $3, $4, $5)
            on conflict (schedule_id, tick_at) do nothing returning tick_at""";

    private static final String CHANGE_TICK = """
            update schedule_ticks set outcome = $3, run_id = $4, reason = $5, decided_at = clock_timestamp()
            where schedule_id = $1 and tick_at = $2 and outcome = 'QUEUED' returning tick_at""";

    private static final String INSERT_RUN = """
            insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, priority,
                held, notify, check_at)
            values ($1, $2, $3, $4, 'PENDING', $5::text::json, $6::text::json, $7::int, $8::boolean, $9::boolean,
                case when $8::boolean then 'infinity' else clock_timestamp() + interval '5 seconds' end)""";

    private static final String MOVE_ON = "update schedules set next_at = $2, last_run_id = $3 where id = $1";

    private final Database database;
    private final Definitions definitions;
    private final RunTraces traces;

    /** A run that was made. {@code held} if it waits to be admitted. */
    record Made(String runId, boolean held, RunSpan span) {}

    Ticker(Database database, Definitions definitions, RunTraces traces) {
        this.database = database;
        this.definitions = definitions;
        this.traces = traces;
    }

    /** Decides what is due, up to {@value #AT_ONCE} schedules, and answers the runs it made. */
    List<Made> tick(Instant now) {
        List<Made> committed = database.transaction(statements -> {
            List<Made> made = new ArrayList<>();
            for (Row row : statements.query(DUE, Tuple.of(time(now)))) {
                decide(statements, DueSchedule.of(row, now), now, made);
            }
            for (Row row : statements.query(QUEUED, Tuple.tuple())) {
                unqueue(statements, DueSchedule.of(row, now), now, made);
            }
            return made;
        });
        committed.forEach(made -> made.span().end());
        return committed;
    }

    private void decide(Statements statements, DueSchedule schedule, Instant now, List<Made> made) {
        if (schedule.nextAt() == null) {
            return;
        }
        TickPlan plan;
        try {
            plan = TickPlan.of(schedule.times(), schedule.catchUp(), schedule.nextAt(), now);
        } catch (IllegalArgumentException e) {
            // it was read when it was made; time zones may go, though
            LOG.errorf("schedule '%s' stops: %s", schedule.name(), e.getMessage());
            plan = new TickPlan(List.of(), Optional.empty());
        }
        String last = schedule.lastRunId();
        for (TickDecision decision :
                TickDecision.decide(schedule.overlap(), schedule.busy(), schedule.queued(), plan.due())) {
            if (decision.outcome() == Outcome.STARTED) {
                last = start(statements, KEEP_TICK, schedule, decision.tick(), now, made)
                        .orElse(last);
            } else {
                keep(
                        statements,
                        KEEP_TICK,
                        schedule,
                        decision.tick(),
                        decision.outcome().name(),
                        null,
                        decision.reason());
            }
        }
        statements.query(
                MOVE_ON, Tuple.of(schedule.id(), plan.next().map(Ticker::time).orElse(null), last));
    }

    private void unqueue(Statements statements, DueSchedule schedule, Instant now, List<Made> made) {
        for (Row row : statements.query(OLDEST_QUEUED, Tuple.of(schedule.id()))) {
            Instant tick = row.getOffsetDateTime("tick_at").toInstant();
            start(statements, CHANGE_TICK, schedule, tick, now, made)
                    .ifPresent(runId -> statements.query(
                            "update schedules set last_run_id = $2 where id = $1", Tuple.of(schedule.id(), runId)));
        }
    }

    /** The run's id, or empty if the tick was decided before or the run is refused. */
    private Optional<String> start(
            Statements statements,
            String tickStatement,
            DueSchedule schedule,
            Instant tick,
            Instant now,
            List<Made> made) {
        Definitions.Key key = new Definitions.Key(schedule.workflowId(), schedule.version());
        Definitions.Entry entry = definitions.get(List.of(key)).get(key);
        Map<String, @Nullable Object> inputs = Json.parseObject(schedule.inputs());
        Optional<String> objection = objection(schedule, entry, inputs);
        if (objection.isPresent() || entry == null) {
            keep(statements, tickStatement, schedule, tick, "REFUSED", null, objection.orElse(""));
            return Optional.empty();
        }
        StartSettings settings = entry.definition().start();
        String runId = Ids.timeOrdered(now.toEpochMilli());
        RunSpan span = traces.starting(null, "schedule", entry.workflow(), runId);
        if (!keep(statements, tickStatement, schedule, tick, Outcome.STARTED.name(), runId, null)) {
            return Optional.empty();
        }
        statements.query(
                INSERT_RUN,
                Tuple.tuple()
                        .addString(runId)
                        .addLong(schedule.workflowId())
                        .addInteger(schedule.version())
                        .addLong(schedule.ownerId())
                        .addString(schedule.inputs())
                        .addString(Json.write(provenance(schedule, tick, span.traceparent())))
                        .addInteger(schedule.priority() == null ? settings.priority() : schedule.priority())
                        .addBoolean(schedule.limited())
                        .addBoolean(settings.hasWebhooks()));
        made.add(new Made(runId, schedule.limited(), span));
        return Optional.of(runId);
    }

    private static Optional<String> objection(
            DueSchedule schedule, Definitions.@Nullable Entry entry, Map<String, @Nullable Object> inputs) {
        if (entry == null) {
            return Optional.of("the workflow has no version " + schedule.version() + " that can run");
        }
        List<FieldProblem> problems = entry.definition()
                .start()
                .inputSchema()
                .map(schema -> schema.check(inputs))
                .orElse(List.of());
        return problems.stream()
                .findFirst()
                .map(problem -> "the workflow's input_schema asks for other inputs: " + problem.field() + " "
                        + problem.message());
    }

    private static boolean keep(
            Statements statements,
            String statement,
            DueSchedule schedule,
            Instant tick,
            String outcome,
            @Nullable String runId,
            @Nullable String reason) {
        return !statements
                .query(statement, Tuple.of(schedule.id(), time(tick), outcome, runId, reason))
                .isEmpty();
    }

    private static Map<String, @Nullable Object> provenance(
            DueSchedule schedule, Instant tick, @Nullable String traceparent) {
        Map<String, @Nullable Object> provenance = new LinkedHashMap<>();
        provenance.put("type", "schedule");
        provenance.put("schedule_id", schedule.id());
        provenance.put("schedule", schedule.name());
        provenance.put("tick_at", tick.toString());
        if (traceparent != null) {
            provenance.put(TraceParent.HEADER, traceparent);
        }
        return provenance;
    }

    private static OffsetDateTime time(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
