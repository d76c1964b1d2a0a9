package dev.netbase.scheduler.dispatch;

import dev.netbase.model.cache.RecentlyUsed;
import dev.netbase.model.topic.Topics;
import dev.netbase.scheduler.outbox.OutboxRecord;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.KafkaRecords;
import dev.netbase.scheduler.platform.RunLog;
import dev.netbase.scheduler.platform.SchedulerConfig;
import dev.netbase.scheduler.platform.WaitingRecords;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends tasks again that nobody has claimed, with the same attempt, so that whoever gets them first has them; not those
 * whose group still waits in Kafka, which is asked first. Each further sending of a run's tasks waits twice as long. For
 * the scheduler's thread alone, which does not wait for Kafka's answer.
 */
@Startup
@ApplicationScoped
public class Resender {
    private static final Logger LOG = Logger.getLogger(Resender.class);
    private static final int REMEMBERED = 100_000;
    private static final int AT_ONCE = 5_000;
    private static final int GROUPS_AT_ONCE = 10_000;
    /** Without an answer for so long, everything asked about is sent. */
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final String STALE = """
            from task_instances t join workflow_runs r on r.id = t.run_id
            where t.run_id = any($1::text[]) and t.status = 'PENDING' and t.group_id is not null and t.retry_at is null
                and t.queued_at < clock_timestamp() - $2::bigint * interval '1 millisecond'
            """;

    private static final String STALE_GROUPS = "select t.run_id, t.group_id, r.priority, count(*) as tasks " + STALE
            + " group by t.run_id, t.group_id, r.priority order by t.run_id, t.group_id limit " + GROUPS_AT_ONCE;

    private static final String STALE_TASKS = "select " + StoredTasks.COLUMNS + STALE
            + " and t.group_id = any($3::text[]) order by t.run_id, t.id limit " + AT_ONCE;

    private final Database database;
    private final StoredTasks storedTasks;
    private final KafkaRecords kafka;
    private final WaitingRecords waitingRecords;
    private final SchedulerConfig config;
    private final Counter resent;
    private final Counter leftWaiting;
    private final Map<String, Wait> waits = new RecentlyUsed<>(REMEMBERED);

    private @Nullable Question open;

    private record Wait(Instant until, Duration next) {}

    private record StaleGroup(String runId, String id, String topic, long tasks) {}

    /** Which of the groups still wait in Kafka. */
    private record Question(List<StaleGroup> groups, CompletableFuture<Set<String>> waiting, Instant until) {}

    public Resender(
            Database database,
            StoredTasks storedTasks,
            KafkaRecords kafka,
            WaitingRecords waitingRecords,
            SchedulerConfig config,
            MeterRegistry metrics) {
        this.resent = metrics.counter("netbase.scheduler.tasks.resent");
        this.leftWaiting = metrics.counter("netbase.scheduler.tasks.left.waiting");
        this.database = database;
        this.storedTasks = storedTasks;
        this.kafka = kafka;
        this.waitingRecords = waitingRecords;
        this.config = config;
    }

    /**
     * Takes up the overdue tasks of these runs, unless that was done not long ago. What is to be sent is sent by {@link
     * #sendWhatDoesNotWait}. While earlier ones are taken up nothing is: their runs come again.
     */
    public void resend(Collection<String> runIds, Instant now) {
        if (open != null) {
            return;
        }
        List<String> due = new ArrayList<>();
        for (String id : runIds) {
            Wait wait = waits.getOrDefault(id, new Wait(now, config.resendAfter()));
            if (!wait.until().isAfter(now)) {
                due.add(id);
                waits.put(id, new Wait(now.plus(wait.next()), wait.next()));
            }
        }
        if (due.isEmpty()) {
            return;
        }
        List<StaleGroup> groups =
                database
                        .query(
                                STALE_GROUPS,
                                Tuple.of(
                                        due.toArray(new String[0]),
                                        config.resendAfter().toMillis()))
                        .stream()
                        .map(row -> new StaleGroup(
                                row.getString("run_id"),
                                row.getString("group_id"),
                                Topics.taskGroups(row.getInteger("priority")),
                                row.getLong("tasks")))
                        .toList();
        Map<String, List<String>> ids = groups.stream()
                .collect(Collectors.groupingBy(
                        StaleGroup::topic, Collectors.mapping(StaleGroup::id, Collectors.toList())));
        open = new Question(groups, waitingRecords.among(ids), now.plus(PATIENCE));
    }

    /** Sends what was taken up, except what Kafka says still waits there; does nothing until Kafka has answered. */
    public void sendWhatDoesNotWait(Instant now) {
        Question question = open;
        if (question == null
                || (!question.waiting().isDone() && question.until().isAfter(now))) {
            return;
        }
        Set<String> waiting = question.waiting().getNow(Set.of());
        List<StaleGroup> send = question.groups().stream()
                .filter(group -> !waiting.contains(group.id()))
                .toList();
        if (!send.isEmpty()) {
            send(send, now);
        }
        open = null;
        leftWaiting.increment(question.groups().stream()
                .filter(group -> waiting.contains(group.id()))
                .mapToLong(StaleGroup::tasks)
                .sum());
    }

    private void send(List<StaleGroup> groups, Instant now) {
        String[] runIds = groups.stream().map(StaleGroup::runId).distinct().toArray(String[]::new);
        String[] groupIds = groups.stream().map(StaleGroup::id).toArray(String[]::new);
        List<Row> rows = database.query(
                STALE_TASKS, Tuple.of(runIds, config.resendAfter().toMillis(), groupIds));
        if (rows.isEmpty()) {
            return;
        }
        Map<String, List<GroupPacker.Packed>> packed = storedTasks.pack(rows, now);
        resent.increment(rows.size());
        LOG.warnf("sending %d tasks of %d runs again: nobody has claimed them", rows.size(), packed.size());
        packed.forEach((id, again) -> {
            RunLog.about(id, () -> LOG.infof("tasks of run %s are sent again", id));
            waits.computeIfPresent(
                    id,
                    (any, wait) -> new Wait(now.plus(wait.next()), wait.next().multipliedBy(2)));
            again.forEach(group -> send(id, group.record()));
        });
    }

    private void send(String runId, OutboxRecord record) {
        kafka.send(record.topic(), record.key(), record.value(), record.headers(), failure -> {
            if (failure != null) {
                RunLog.about(
                        runId,
                        record.key(),
                        () -> LOG.warnf("could not send %s again: %s", record, failure.getMessage()));
            }
        });
    }
}
