package dev.netbase.scheduler.trigger;

import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.trace.TraceParent;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.application.Definitions;
import dev.netbase.scheduler.run.application.RunCache;
import dev.netbase.scheduler.run.domain.RunState;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Makes runs of the triggers of a batch, each event id once per workflow, ever. The runs are rows before the records'
 * offsets are committed; a run acts as its workflow's owner.
 */
@ApplicationScoped
public class Triggers {
    private final Database database;
    private final Definitions definitions;
    private final RunCache cache;
    private final DeadLetters deadLetters;

    private record Workflow(long id, String name, long ownerId, int latestVersion) {}

    private record Accepted(Trigger trigger, Workflow workflow, Definitions.Key key, String runId) {}

    public Triggers(Database database, Definitions definitions, RunCache cache, DeadLetters deadLetters) {
        this.database = database;
        this.definitions = definitions;
        this.cache = cache;
        this.deadLetters = deadLetters;
    }

    /** Makes the runs; answers the ids of those that are new. What cannot be a run goes to the dead letters. */
    public List<String> accept(List<ConsumerRecord<byte[], byte[]>> records, Instant now) {
        Map<ConsumerRecord<byte[], byte[]>, Trigger> triggers = new LinkedHashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            try {
                triggers.put(record, TriggerReader.read(record));
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
                accepted.add(new Accepted(trigger, workflow, key, Ids.timeOrdered(now.toEpochMilli())));
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
        return entry.definition().kafkaTriggers()
                ? Optional.empty()
                : Optional.of(
                        "workflow '" + trigger.workflow() + "' refuses starts by Kafka (triggers.kafka is false)");
    }

    private Map<String, Workflow> workflows(String[] names) {
        Map<String, Workflow> workflows = new HashMap<>();
        for (Row row : database.query(
                "select id, name, owner_id, latest_version from workflows where name = any($1::text[])",
                Tuple.of(names))) {
            workflows.put(
                    row.getString("name"),
                    new Workflow(
                            row.getLong("id"),
                            row.getString("name"),
                            row.getLong("owner_id"),
                            row.getInteger("latest_version")));
        }
        return workflows;
    }

    private List<String> insert(List<Accepted> accepted, Map<Definitions.Key, Definitions.Entry> compiled) {
        List<Row> rows = database.query(
                """
                with wanted as (
                    select distinct on (workflow_id, event_id) *
                    from unnest($1::bigint[], $2::text[], $3::text[], $4::int[], $5::bigint[], $6::text[], $7::text[])
                        as w (workflow_id, event_id, run_id, version, owner_id, inputs, trigger)
                    order by workflow_id, event_id, run_id),
                fresh as (
                    insert into trigger_events (workflow_id, event_id, run_id)
                    select workflow_id, event_id, run_id from wanted
                    on conflict (workflow_id, event_id) do nothing
                    returning run_id)
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger)
                select w.run_id, w.workflow_id, w.version, w.owner_id, 'PENDING', w.inputs::json, w.trigger::json
                from wanted w join fresh on fresh.run_id = w.run_id
                returning id""",
                Tuple.tuple()
                        .addValue(accepted.stream().map(a -> a.workflow().id()).toArray(Long[]::new))
                        .addValue(accepted.stream()
                                .map(a -> a.trigger().eventId())
                                .toArray(String[]::new))
                        .addValue(accepted.stream().map(Accepted::runId).toArray(String[]::new))
                        .addValue(accepted.stream().map(a -> a.key().version()).toArray(Integer[]::new))
                        .addValue(accepted.stream()
                                .map(a -> a.workflow().ownerId())
                                .toArray(Long[]::new))
                        .addValue(accepted.stream()
                                .map(a -> Json.write(a.trigger().inputs()))
                                .toArray(String[]::new))
                        .addValue(accepted.stream()
                                .map(a -> Json.write(a.trigger().provenance()))
                                .toArray(String[]::new)));
        Map<String, Accepted> byRun = new HashMap<>();
        accepted.forEach(one -> byRun.put(one.runId(), one));
        List<String> started = new ArrayList<>();
        for (Row row : rows) {
            Accepted one = byRun.get(row.getString("id"));
            Definitions.Entry entry = one == null ? null : compiled.get(one.key());
            if (one != null && entry != null) {
                RunState state = RunState.pending(
                        one.runId(), entry.definition(), one.trigger().inputs(), Map.of());
                cache.put(new ActiveRun(
                        entry.workflow(),
                        one.key().version(),
                        (String) one.trigger().provenance().get(TraceParent.HEADER),
                        state));
                started.add(one.runId());
            }
        }
        return started;
    }
}
