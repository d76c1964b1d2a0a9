package dev.netbase.scheduler.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.id.Ids;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.model.topic.Topics;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tasks that nobody claims, while the workers' group, which the test speaks for, has a backlog or has none. */
@QuarkusTest
@QuarkusTestResource(BackingServices.class)
@TestProfile(ResendingQuarkusTest.Profile.class)
class ResendingQuarkusTest {
    private static final int TASKS = 3;
    /** Records that came shortly before a group may count as younger: more than that is left between tests. */
    private static final long QUIET_MILLIS = 1_200;

    private static int workflows;

    @Inject
    MeterRegistry metrics;

    private TestDatabase database;
    private FakeWorker worker;
    private Admin admin;
    private String runId;
    private double leftBefore;

    /** A service of its own, whose database has no other tests' tasks. */
    public static final class Profile implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("netbase.scheduler.resend-after", "500ms");
        }
    }

    @BeforeEach
    void start() throws Exception {
        database = BackingServices.database();
        worker = new FakeWorker(database, BackingServices.brokers());
        admin = Admin.create(Map.of("bootstrap.servers", BackingServices.brokers()));
        await().atMost(Duration.ofSeconds(30)).until(() -> System.currentTimeMillis() - lastRecord() > QUIET_MILLIS);
        commitEnds();
        runId = startRun(0);
    }

    @AfterEach
    void stop() throws Exception {
        cancelTasks(runId);
        admin.deleteConsumerGroupOffsets(Topics.WORKERS, ends().keySet()).all().get();
        admin.close();
        worker.close();
    }

    @Test
    void shouldSendNothingAgainThatStillWaitsInKafka() throws Exception {
        List<FakeWorker.Task> tasks = worker.receive(runId);
        worker.sendToEachPartition(Topics.TASK_GROUPS, "{\"later\":true}");

        await().atMost(Duration.ofSeconds(30)).until(() -> leftWaiting() >= leftBefore + 2 * TASKS);
        assertThat(worker.groupsSoFar(runId)).as("copies of what waits").isEmpty();

        commitEnds();
        assertThat(worker.receive(runId)).extracting(FakeWorker.Task::id).containsExactlyElementsOf(ids(tasks));
    }

    @Test
    void shouldSendAgainWhatWasReadAndLostBeforeABacklog() throws Exception {
        List<FakeWorker.Task> tasks = worker.receive(runId);
        commitEnds();
        worker.sendToEachPartition(Topics.TASK_GROUPS, "{\"later\":true}");

        assertThat(worker.receive(runId)).extracting(FakeWorker.Task::id).containsExactlyElementsOf(ids(tasks));
        assertThat(leftWaiting()).as("tasks left waiting").isEqualTo(leftBefore);
    }

    @Test
    void shouldSendATaskAgainAloneThatWasUnderWayWhenAWorkerDied() throws Exception {
        List<FakeWorker.Task> tasks = worker.receive(runId);
        database.execute("update task_instances set deaths = 1 where id = "
                + tasks.get(1).id());
        commitEnds();

        Set<Long> again = new HashSet<>();
        while (again.size() < TASKS) {
            List<FakeWorker.Task> group = worker.receive(runId);
            assertThat(group).as("with what comes before and after it").hasSize(1);
            again.add(group.getFirst().id());
        }
        assertThat(again).containsExactlyInAnyOrderElementsOf(ids(tasks));
    }

    /** Nobody has read anything of either topic, but only one has a backlog. */
    @Test
    void shouldSendUrgentTasksAgainToTheirTopicUnlessTheyWaitInThat() {
        String urgent = startRun(1);
        List<FakeWorker.Task> tasks = worker.receive(urgent);
        worker.sendToEachPartition(Topics.TASK_GROUPS, "{\"later\":true}");

        assertThat(worker.receive(urgent))
                .extracting(FakeWorker.Task::id, FakeWorker.Task::topic)
                .containsExactlyElementsOf(tasks.stream()
                        .map(task -> tuple(task.id(), Topics.URGENT_TASK_GROUPS))
                        .toList());

        cancelTasks(runId);
        worker.sendToEachPartition(Topics.URGENT_TASK_GROUPS, "{\"later\":true}");
        double before = leftWaiting();
        // The other run's may still be asked about once.
        await().atMost(Duration.ofSeconds(30)).until(() -> leftWaiting() >= before + 3 * TASKS);
        cancelTasks(urgent);
    }

    private void cancelTasks(String run) {
        database.execute("update task_instances set status = 'CANCELLED' where run_id = '" + run + "'");
    }

    /** Where a copy may be claimed at once. */
    @Test
    void shouldSendAgainWhatWaitsWhileAnotherPartitionHasNoBacklog() throws Exception {
        List<FakeWorker.Task> tasks = worker.receive(runId);

        assertThat(worker.receive(runId)).extracting(FakeWorker.Task::id).containsExactlyElementsOf(ids(tasks));
    }

    private String startRun(int priority) {
        leftBefore = leftWaiting();
        workflows++;
        int id = 910 + workflows;
        Registered registered = new Registered(database, 1);
        registered.agent(id, "agent-" + id);
        List<Integer> elements = IntStream.range(0, TASKS).boxed().toList();
        registered.workflow(id, "w" + id, """
                {"nodes":[{"key":"a","agent":"agent-%d","for_each":%s}]}""".formatted(id, elements));
        String run = Ids.timeOrdered(System.currentTimeMillis());
        database.execute("""
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, check_at,
                                           priority)
                values ('%s', %d, 1, 1, 'PENDING', '{}', '{}', now(), %d)""".formatted(run, id, priority));
        return run;
    }

    private double leftWaiting() {
        return metrics.counter("netbase.scheduler.tasks.left.waiting").count();
    }

    private static List<Long> ids(Collection<FakeWorker.Task> tasks) {
        return tasks.stream().map(FakeWorker.Task::id).toList();
    }

    /** The workers have read everything. */
    private void commitEnds() throws ExecutionException, InterruptedException {
        admin.alterConsumerGroupOffsets(Topics.WORKERS, ends()).all().get();
    }

    private Map<TopicPartition, OffsetAndMetadata> ends() throws ExecutionException, InterruptedException {
        return offsets(OffsetSpec.latest()).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        end -> new OffsetAndMetadata(end.getValue().offset())));
    }

    /** When the last record came to the broker, in milliseconds since 1970. */
    private long lastRecord() throws ExecutionException, InterruptedException {
        return offsets(OffsetSpec.maxTimestamp()).values().stream()
                .mapToLong(ListOffsetsResultInfo::timestamp)
                .max()
                .orElse(0);
    }

    private Map<TopicPartition, ListOffsetsResultInfo> offsets(OffsetSpec which)
            throws ExecutionException, InterruptedException {
        return admin.listOffsets(Stream.of(Topics.TASK_GROUPS, Topics.URGENT_TASK_GROUPS)
                        .flatMap(topic -> worker.partitions(topic).stream())
                        .collect(Collectors.toMap(one -> one, any -> which)))
                .all()
                .get();
    }
}
