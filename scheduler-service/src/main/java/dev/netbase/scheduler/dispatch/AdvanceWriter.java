package dev.netbase.scheduler.dispatch;

import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.cache.RecentlyUsed;
import dev.netbase.model.message.SpokenGroup;
import dev.netbase.model.message.TaskHint;
import dev.netbase.model.topic.Topics;
import dev.netbase.model.trace.TraceParent;
import dev.netbase.scheduler.outbox.Outbox;
import dev.netbase.scheduler.outbox.OutboxRecord;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.HintChannel;
import dev.netbase.scheduler.platform.RunLog;
import dev.netbase.scheduler.platform.SchedulerConfig;
import dev.netbase.scheduler.run.adapter.RunStore;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.application.SpecInfo;
import dev.netbase.scheduler.run.application.Specs;
import dev.netbase.scheduler.run.domain.NodePlan;
import dev.netbase.scheduler.run.domain.RunChange;
import dev.netbase.scheduler.run.domain.Transition;
import dev.netbase.scheduler.trace.RunSpan;
import dev.netbase.scheduler.trace.RunTraces;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jboss.logging.Logger;

/**
 * {@code dispatch_task_group}: writes the advances of many runs in one statement and one transaction, each conditional
 * on its run's version, and then sends the records that the transaction left in the outbox.
 */
@ApplicationScoped
public class AdvanceWriter {
    private static final Logger LOG = Logger.getLogger(AdvanceWriter.class);
    /**
     * Up to so many tasks at once, groups of new tasks are sent while the statement that makes their rows is under way: a
     * worker that is faster than it waits for the rows. With more tasks the statement takes longer, and would lose that
     * race too often.
     */
    public static final int AHEAD = 8;

    /** One that is forgotten may bring a record to another worker, which then runs its group as well, for nothing. */
    private static final int PLACES = 10_000;

    private final Database database;
    private final RunStore store;
    private final Specs specs;
    private final ValueReferences values;
    private final Outbox outbox;
    private final SchedulerConfig config;
    private final HintChannel hints;
    private final RunTraces traces;
    private final DistributionSummary runsPerStatement;
    private final DistributionSummary tasksPerStatement;

    /** Of groups that were said to workers, the group whose record decides on the partition. The latest ones. */
    private final Map<String, String> places = new RecentlyUsed<>(PLACES);

    /** A decision to be written. */
    public record Advance(ActiveRun before, Transition transition) {}

    /**
     * What became of the advances.
     *
     * @param advanced the runs that advanced, as they are now, by id
     * @param withdrawn tasks that were queued and now never run, by run
     * @param uncertain runs of which a row was not as expected: their states must be read again
     */
    public record Outcome(
            Map<String, ActiveRun> advanced, Map<String, List<WithdrawnTask>> withdrawn, Set<String> uncertain) {}

    /** A task that was withdrawn before a worker claimed it. */
    public record WithdrawnTask(long taskId, int attempt) {}

    public AdvanceWriter(
            Database database,
            RunStore store,
            Specs specs,
            ValueReferences values,
            Outbox outbox,
            SchedulerConfig config,
            HintChannel hints,
            RunTraces traces,
            MeterRegistry metrics) {
        this.database = database;
        this.store = store;
        this.specs = specs;
        this.values = values;
        this.outbox = outbox;
        this.config = config;
        this.hints = hints;
        this.traces = traces;
        this.runsPerStatement = metrics.summary("netbase.scheduler.advance.runs");
        this.tasksPerStatement = metrics.summary("netbase.scheduler.advance.tasks");
    }

    /**
     * Writes the advances and sends what they say. A run that another scheduler has advanced meanwhile is left alone
     * and missing from the outcome.
     */
    public Outcome write(List<Advance> advances, Instant now) {
        return write(advances, List.of(), now);
    }

    /** An advance and the outcome that it follows from, which nobody has written yet. */
    public record Hinted(Advance advance, TaskHint hint) {}

    /**
     * Writes outcomes and what follows from each: both, or of one that cannot be written neither.
     *
     * @param hinted of different runs, without {@link AdvanceExtras}
     */
    public Outcome writeHinted(List<Hinted> hinted, Instant now) {
        return write(
                hinted.stream().map(Hinted::advance).toList(),
                hinted.stream().map(Hinted::hint).toList(),
                now);
    }

    private Outcome write(List<Advance> advances, List<TaskHint> outcomes, Instant now) {
        Map<Long, SpecInfo> known = specs.infos(advances.stream()
                .flatMap(advance -> advance.before().state().plans().values().stream())
                .flatMap(plan -> plan instanceof NodePlan.Agent agent ? Stream.of(agent.specId()) : Stream.empty())
                .collect(Collectors.toSet()));
        Map<Long, String> inputs = inputsOfRedispatched(advances);
        Map<String, AdvanceRows> rows = new LinkedHashMap<>();
        Map<String, RunSpan> spans = new HashMap<>();
        for (Advance advance : advances) {
            RunSpan span = traces.advancing(advance.before(), now);
            spans.put(advance.before().id(), span);
            rows.put(
                    advance.before().id(),
                    new AdvanceAssembler(
                                    advance.before(),
                                    advance.transition(),
                                    known,
                                    inputs,
                                    values,
                                    config,
                                    hints.nameFor(advances.size()).orElse(null),
                                    now)
                            .assemble(span.traceparent()));
        }
        Set<OutboxRecord> ahead = groupsToSendAhead(rows.values());
        Map<OutboxRecord, String> said = sayToTheirWorkers(outcomes, rows, ahead);
        ahead.removeAll(said.keySet());
        outbox.publish(ahead);
        List<Row> answer = query(List.copyOf(rows.values()), outcomes);
        runsPerStatement.record(rows.size());
        tasksPerStatement.record(
                rows.values().stream().mapToInt(row -> row.tasks().size()).sum());
        Outcome outcome = outcome(rows, answer);
        List<OutboxRecord> records = new ArrayList<>();
        outcome.advanced().forEach((id, run) -> {
            List<OutboxRecord> ofRun = recordsOf(rows, id);
            logDispatched(id, ofRun);
            records.addAll(ofRun);
            RunSpan span = spans.get(id);
            if (span != null) {
                span.end(tasksOf(rows, id));
            }
        });
        records.removeAll(ahead);
        outbox.publishLater(records.stream()
                .flatMap(record -> Stream.ofNullable(said.get(record)).map(record::at))
                .toList());
        records.removeAll(said.keySet());
        outbox.publish(records);
        return outcome;
    }

    /** Not those of attempts that have a row already: a worker might see it as it was. */
    private static Set<OutboxRecord> groupsToSendAhead(Collection<AdvanceRows> rows) {
        Set<OutboxRecord> ahead = new LinkedHashSet<>();
        if (rows.stream().mapToInt(row -> row.tasks().size()).sum() <= AHEAD) {
            for (AdvanceRows row : rows) {
                if (row.redispatched().isEmpty() && row.extras().isEmpty()) {
                    row.records().stream()
                            .filter(record -> Topics.hasTaskGroups(record.topic()))
                            .forEach(ahead::add);
                }
            }
        }
        return ahead;
    }

    /**
     * Those of the groups that were said to the worker that handed over what they follow from, each with what decides on
     * the partition of its record: that of the group before, which this worker reads.
     */
    private Map<OutboxRecord, String> sayToTheirWorkers(
            List<TaskHint> outcomes, Map<String, AdvanceRows> rows, Set<OutboxRecord> groups) {
        Map<OutboxRecord, String> said = new HashMap<>();
        for (TaskHint outcome : outcomes) {
            String worker = outcome.groupChannel();
            if (worker != null) {
                String place = places.getOrDefault(outcome.groupId(), outcome.groupId());
                for (OutboxRecord group : recordsOf(rows, outcome.runId())) {
                    if (groups.contains(group) && say(worker, group)) {
                        said.put(group, place);
                        places.put(group.key(), place);
                    }
                }
            }
        }
        return said;
    }

    private boolean say(String worker, OutboxRecord group) {
        return hints.say(worker, new SpokenGroup(group.headers().get(TraceParent.HEADER), group.value()));
    }

    private static int tasksOf(Map<String, AdvanceRows> rows, String id) {
        AdvanceRows row = rows.get(id);
        return row == null ? 0 : row.tasks().size();
    }

    private static void logDispatched(String runId, List<OutboxRecord> records) {
        if (LOG.isDebugEnabled()) {
            for (OutboxRecord record : records) {
                if (Topics.hasTaskGroups(record.topic())) {
                    RunLog.about(runId, record.key(), () -> LOG.debugf("dispatched %s", record));
                } else {
                    RunLog.about(runId, () -> LOG.debugf("dispatched %s", record));
                }
            }
        }
    }

    private List<Row> query(List<AdvanceRows> rows, List<TaskHint> outcomes) {
        AdvanceStatement statement = AdvanceStatement.of(rows, outcomes);
        return database.query(statement.sql(), statement.arguments(rows, outcomes));
    }

    private static List<OutboxRecord> recordsOf(Map<String, AdvanceRows> rows, String id) {
        AdvanceRows row = rows.get(id);
        return row == null ? List.of() : row.records();
    }

    private Map<Long, String> inputsOfRedispatched(List<Advance> advances) {
        List<String> runIds = new ArrayList<>();
        List<Long> taskIds = new ArrayList<>();
        for (Advance advance : advances) {
            for (RunChange change : advance.transition().changes()) {
                if (change instanceof RunChange.TaskRedispatched task) {
                    runIds.add(advance.before().id());
                    taskIds.add(task.taskId());
                }
            }
        }
        return store.inputs(runIds, taskIds);
    }

    private static Outcome outcome(Map<String, AdvanceRows> rows, List<Row> answer) {
        Map<String, ActiveRun> advanced = new LinkedHashMap<>();
        Map<String, List<WithdrawnTask>> withdrawn = new LinkedHashMap<>();
        Map<String, Integer> redispatched = new LinkedHashMap<>();
        for (Row row : answer) {
            String runId = row.getString("run_id");
            switch (row.getString("what")) {
                case "advanced" -> {
                    AdvanceRows written = rows.get(runId);
                    if (written != null) {
                        advanced.put(runId, written.next());
                    }
                }
                case "withdrawn" ->
                    withdrawn
                            .computeIfAbsent(runId, any -> new ArrayList<>())
                            .add(new WithdrawnTask(row.getLong("task_id"), row.getInteger("attempt")));
                default -> redispatched.merge(runId, 1, Integer::sum);
            }
        }
        Set<String> uncertain = new HashSet<>();
        advanced.keySet().forEach(id -> {
            AdvanceRows written = rows.get(id);
            if (written != null
                    && redispatched.getOrDefault(id, 0)
                            != written.redispatched().size()
                                    + written.extras().waiting().size()) {
                uncertain.add(id);
            }
        });
        return new Outcome(advanced, withdrawn, uncertain);
    }
}
