package dev.netbase.scheduler.trigger;

import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.definition.StartSettings;
import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.scheduler.admission.Admission;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.SchedulerConfig;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.application.Definitions;
import dev.netbase.scheduler.run.application.RunCache;
import dev.netbase.scheduler.run.domain.RunState;
import dev.netbase.scheduler.trace.RunSpan;
import dev.netbase.scheduler.trace.RunTraces;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes runs of the triggers of a batch, each event id once per workflow, ever. The runs are rows before the records'
 * offsets are committed; a run acts as its workflow's owner.
 */
@ApplicationScoped
public class Triggers {
    private static final int PROBLEMS_IN_REASON = 5;

    private final Database database;
    private final Definitions definitions;
    private final RunCache cache;
    private final Admission admission;
    private final DeadLetters deadLetters;
    private final ValueReferences values;
    private final RunTraces traces;
    private final TriggerReader reader;

    private record Workflow(long id, String name, long ownerId, int latestVersion, boolean held) {}

    /** A run to be. {@code inputs} is JSON, or a reference to it where that is large. */
    private record Accepted(
            Trigger trigger, Workflow workflow, Definitions.Key key, String runId, String inputs, RunSpan span) {}

    public Triggers(
            Database database,
            Definitions definitions,
            RunCache cache,
            Admission admission,
            DeadLetters deadLetters,
            ValueReferences values,
            RunTraces traces,
            SchedulerConfig config) {
        this.database = database;
        this.definitions = definitions;
        this.cache = cache;
        this.admission = admission;
        this.deadLetters = deadLetters;
        this.values = values;
        this.traces = traces;
        this.reader = new TriggerReader(config.maxTriggerBytes());
    }

    /** Makes the runs; answers the ids of those that are new and may start. What cannot be a run goes to the dead letters. */
    public List<String> accept(List<ConsumerRecord<byte[], byte[]>> records, Instant now) {
        Map<ConsumerRecord<byte[], byte[]>, Trigger> triggers = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                triggers.put(record, reader.read(record));
            } catch (UnreadableRecordException e) {
                deadLetters.add(record, String.valueOf(e.getMessage()));
            }
        }
        if (triggers.isEmpty()) {
            return List.of();
        }
        Map<String, Workflow> workflows = workflows(
                triggers.values().stream().map(Trigger::workflow).distinct().toArray(String[]::new));
        Map<Definitions.Key, Definitions.Entry> compiled = definitions.get(triggers.values().stream()
                .flatMap(trigger -> key(trigger, workflows.get(trigger.workflow())).stream())
                .toList());
        List<Accepted> accepted = new ArrayList<>();
        triggers.forEach((record, trigger) -> {
            Workflow workflow = workflows.get(trigger.workflow());
            Optional<String> objection = objection(trigger, workflow, compiled);
            if (objection.isPresent() || workflow == null) {
                deadLetters.add(record, objection.orElse("unknown workflow"));
            } else {
                Definitions.Key key = key(trigger, workflow).orElseThrow();
                String inputs = inline(Json.write(trigger.inputs()));
                String runId = Ids.timeOrdered(now.toEpochMilli());
                RunSpan span = traces.starting(trigger.traceparent(), "kafka", workflow.name(), runId);
                accepted.add(new Accepted(trigger.inTrace(span.traceparent()), workflow, key, runId, inputs, span));
            }
        });
        return accepted.isEmpty() ? List.of() : insert(accepted, compiled);
    }

    private static Optional<Definitions.Key> key(Trigger trigger, @Nullable Workflow workflow) {
        return workflow == null
                ? Optional.empty()
                : Optional.of(new Definitions.Key(
                        workflow.id(), trigger.version() == null ? workflow.latestVersion() : trigger.version()));
    }

    private static Optional<String> objection(
            Trigger trigger, @Nullable Workflow workflow, Map<Definitions.Key, Definitions.Entry> compiled) {
        if (workflow == null) {
            return Optional.of("there is no workflow '" + trigger.workflow() + "'");
        }
        Definitions.Entry entry = compiled.get(key(trigger, workflow).orElseThrow());
        if (entry == null) {
            return Optional.of("workflow '" + trigger.workflow() + "' has no version " + trigger.version());
        }
        if (!entry.definition().kafkaTriggers()) {
            return Optional.of(
                    "workflow '" + trigger.workflow() + "' refuses starts by Kafka (triggers.kafka is false)");
        }
        List<FieldProblem> problems = entry.definition()
                .start()
                .inputSchema()
                .map(schema -> schema.check(trigger.inputs()))
                .orElse(List.of());
        return problems.isEmpty()
                ? Optional.empty()
                : Optional.of("the inputs are not what the workflow's input_schema asks for: "
                        + problems.stream()
                                .limit(PROBLEMS_IN_REASON)
                                .map(problem -> problem.field() + " " + problem.message())
                                .collect(Collectors.joining("; ")));
    }

    private Map<String, Workflow> workflows(String[] names) {
        Map<String, Workflow> workflows = new HashMap<>();
        for (Row row : database.query("""
                select id, name, owner_id, latest_version, paused or max_runs is not null as held
                from workflows where name = any($1::text[])""", Tuple.of(names))) {
            workflows.put(
                    row.getString("name"),
                    new Workflow(
                            row.getLong("id"),
                            row.getString("name"),
                            row.getLong("owner_id"),
                            row.getInteger("latest_version"),
                            row.getBoolean("held")));
        }
        return workflows;
    }

    private List<String> insert(List<Accepted> accepted, Map<Definitions.Key, Definitions.Entry> compiled) {
        boolean full = admission.holdsNewRuns(accepted.size());
        List<Row> rows = database.query("""
                with wanted as (
                    select distinct on (workflow_id, event_id) *
                    from unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::text[],
                                $8::int[], $9::boolean[], $10::boolean[])
                        as w (workflow_id, event_id, run_id, version, owner_id, inputs, trigger, priority, held, notify)
                    order by workflow_id, event_id, run_id),
                fresh as (
                    insert into trigger_events (workflow_id, event_id, run_id)
                    select workflow_id, event_id, run_id from wanted
                    on conflict (workflow_id, event_id) do nothing
                    returning run_id)
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, priority,
                                           held, notify, check_at)
                select w.run_id, w.workflow_id, w.version, w.owner_id, 'PENDING', w.inputs::json, w.trigger::json,
                       w.priority, w.held, w.notify,
                       case when w.held then 'infinity' else clock_timestamp() + interval '5 seconds' end
                from wanted w join fresh on fresh.run_id = w.run_id
                returning id, held""", arguments(accepted, compiled, full));
        Map<String, Accepted> byRun = new HashMap<>();
        accepted.forEach(one -> byRun.put(one.runId(), one));
        List<String> started = new ArrayList<>();
        for (Row row : rows) {
            Accepted one = byRun.get(row.getString("id"));
            if (one != null) {
                one.span().end();
            }
            if (row.getBoolean("held")) {
                admission.expect();
                continue;
            }
            Definitions.Entry entry = one == null ? null : compiled.get(one.key());
            if (one != null && entry != null) {
                RunState state = RunState.pending(one.runId(), entry.definition(), Json.parse(one.inputs()), Map.of());
                cache.put(new ActiveRun(
                        entry.workflow(),
                        one.key().version(),
                        priority(one, compiled),
                        one.trigger().traceparent(),
                        state));
                started.add(one.runId());
            }
        }
        return started;
    }

    private Tuple arguments(List<Accepted> accepted, Map<Definitions.Key, Definitions.Entry> compiled, boolean full) {
        Tuple arguments = Tuple.tuple();
        add(arguments, accepted, one -> one.workflow().id(), Long[]::new);
        add(arguments, accepted, one -> one.trigger().eventId(), String[]::new);
        add(arguments, accepted, Accepted::runId, String[]::new);
        add(arguments, accepted, one -> one.key().version(), Integer[]::new);
        add(arguments, accepted, one -> one.workflow().ownerId(), Long[]::new);
        add(arguments, accepted, Accepted::inputs, String[]::new);
        add(arguments, accepted, one -> Json.write(one.trigger().provenance()), String[]::new);
        add(arguments, accepted, one -> priority(one, compiled), Integer[]::new);
        add(arguments, accepted, one -> full || one.workflow().held(), Boolean[]::new);
        add(
                arguments,
                accepted,
                one -> settings(one, compiled).map(StartSettings::hasWebhooks).orElse(false),
                Boolean[]::new);
        return arguments;
    }

    private static int priority(Accepted one, Map<Definitions.Key, Definitions.Entry> compiled) {
        Integer given = one.trigger().priority();
        return given == null
                ? settings(one, compiled).map(StartSettings::priority).orElse(0)
                : given;
    }

    private static Optional<StartSettings> settings(Accepted one, Map<Definitions.Key, Definitions.Entry> compiled) {
        return Optional.ofNullable(compiled.get(one.key()))
                .map(entry -> entry.definition().start());
    }

    private String inline(String json) {
        try {
            return values.inlineOrStore(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <C> void add(
            Tuple arguments, List<Accepted> rows, Function<Accepted, C> column, IntFunction<C[]> array) {
        arguments.addValue(rows.stream().map(column).toArray(array));
    }
}
