package dev.netbase.worker.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.message.TaskControl;
import dev.netbase.model.message.TaskEvent;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.testing.TestBroker;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.model.topic.Topics;
import dev.netbase.worker.testing.ScriptedExecutor;
import dev.netbase.worker.testing.TestConfig;
import dev.netbase.worker.testing.TestRuns;
import dev.netbase.worker.testing.TestService;
import dev.netbase.worker.testing.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The worker's whole path, from the groups' topic through the database to the events' topic. */
class WorkerIT {
    private static TestBroker broker;

    @TempDir
    Path artifacts;

    private final List<TestService> services = new ArrayList<>();
    private TestDatabase database;
    private TestRuns runs;
    private Topic groups;
    private Topic events;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void setUp() {
        database = TestDatabase.migrated();
        runs = new TestRuns(database);
        groups = new Topic(broker, Topics.TASK_GROUPS);
        events = new Topic(broker, Topics.TASK_EVENTS);
    }

    @AfterEach
    void tearDown() throws InterruptedException {
        for (TestService service : services) {
            service.close();
        }
        groups.close();
        events.close();
    }

    @Test
    void shouldRunAGroupAndTellTheScheduler() {
        start(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 3);

        send(group);

        soon().untilAsserted(() -> assertThat(events.records()).hasSize(3));
        for (ConsumerRecord<byte[], byte[]> record : events.records()) {
            assertThat(new String(record.key(), StandardCharsets.UTF_8)).isEqualTo(group.runId());
            assertThat(record.headers().lastHeader("content-type").value())
                    .asString()
                    .isEqualTo("application/json");
        }
        assertThat(events.values(TaskEvent.class)).allSatisfy(event -> {
            assertThat(event.type()).isEqualTo(TaskEvent.Type.TASK_COMPLETED);
            assertThat(event.groupId()).isEqualTo(group.groupId());
            assertThat(event.output()).isEqualTo(event.taskInstanceId());
            assertThat(event.eventId()).isEqualTo(event.taskInstanceId() + "-1");
        });
        assertThat(runs.count("COMPLETED")).isEqualTo(3);
    }

    @Test
    void shouldTakeNoMoreThanThereIsRoomFor() {
        TestService service = start(TestConfig.named("w").withMaxTasks(10));
        String run = runs.run();
        List<TaskGroup> all = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            TaskGroup group = runs.group(run, 5);
            TestRuns.ids(group).forEach(executor(service)::hold);
            all.add(group);
        }
        all.forEach(this::send);

        soon().untilAsserted(() -> assertThat(runs.count("RUNNING")).isEqualTo(10));
        soon().during(Duration.ofMillis(500))
                .untilAsserted(() -> assertThat(runs.count("RUNNING")).isEqualTo(10));

        all.forEach(group -> TestRuns.ids(group).forEach(executor(service)::letGo));
        soon().untilAsserted(() -> assertThat(runs.count("COMPLETED")).isEqualTo(40));
    }

    @Test
    void shouldStopTheTasksOfARunThatAControlRecordCancels() {
        TestService service = start(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 2);
        TestRuns.ids(group).forEach(executor(service)::hold);
        send(group);
        soon().untilAsserted(() -> assertThat(executor(service).executions()).isEqualTo(2));

        try (Topic control = new Topic(broker, Topics.TASK_CONTROL)) {
            soon().untilAsserted(() -> {
                control.send(
                        group.runId(), new TaskControl(TaskControl.SCHEMA, TaskControl.Type.CANCEL_RUN, group.runId()));
                assertThat(runs.count("CANCELLED")).isEqualTo(2);
            });
        }
        soon().untilAsserted(() -> assertThat(events.values(TaskEvent.class))
                .hasSize(2)
                .allSatisfy(event -> assertThat(event.type()).isEqualTo(TaskEvent.Type.TASK_FAILED)));
    }

    @Test
    void shouldLetRunningTasksEndBeforeItStops() throws InterruptedException {
        List<Thread> others = tellingThreads();
        TestService service = start(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 1);
        Long id = TestRuns.ids(group).getFirst();
        executor(service).hold(id);
        send(group);
        soon().untilAsserted(() -> assertThat(executor(service).executions()).isEqualTo(1));

        Thread drain = Thread.ofPlatform().start(() -> {
            try {
                service.drain();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        executor(service).letGo(id);
        drain.join();

        assertThat(runs.count("COMPLETED")).isEqualTo(1);
        assertThat(events.recordsByNow()).as("its first event").hasSize(1);
        assertThat(tellingThreads()).as("nobody is left who would tell more").isSubsetOf(others);
        assertThat(database.query("select count(*) from workers")).isEqualTo("0");
    }

    private static List<Thread> tellingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("task-events"))
                .toList();
    }

    @Test
    void shouldLeaveTasksThatDoNotEndToOtherWorkers() throws InterruptedException {
        TestService service = start(TestConfig.named("w").withDrainTimeout(Duration.ofMillis(100)));
        TaskGroup group = runs.group(runs.run(), 1);
        Long id = TestRuns.ids(group).getFirst();
        executor(service).hold(id);
        send(group);
        soon().untilAsserted(() -> assertThat(executor(service).executions()).isEqualTo(1));

        service.drain();

        assertThat(executor(service).wasCancelled(id)).isTrue();
        assertThat(runs.column(id, "status")).isEqualTo("RUNNING");
        assertThat(database.query("select count(*) from workers")).isEqualTo("0");
    }

    @Test
    void shouldGoOnWhenTheDatabaseComesBack() {
        TestService service = start(TestConfig.named("w").withLease(Duration.ofSeconds(1)));
        TaskGroup group = runs.group(runs.run(), 5);
        database.goAway();
        send(group);
        soon().until(() -> !service.worker.lease.isFresh());

        database.comeBack();

        soon().untilAsserted(() -> assertThat(events.records()).hasSize(5));
        assertThat(service.lifecycle.isAlive()).isTrue();
        soon().until(service.worker.lease::isFresh);
    }

    @Test
    void shouldGoOnWhenTheBrokerComesBack() {
        TestService service = start(TestConfig.named("w"));
        TaskGroup first = runs.group(runs.run(), 1);
        send(first);
        soon().untilAsserted(() -> assertThat(events.records()).hasSize(1));

        broker.stop();
        soon().until(() -> !service.health.isLive());
        broker.restart();

        TaskGroup second = runs.group(runs.run(), 1);
        send(second);
        soon().untilAsserted(() -> assertThat(runs.count("COMPLETED")).isEqualTo(2));
        soon().until(service.health::isLive);
        assertThat(service.lifecycle.isAlive()).isTrue();
    }

    @Test
    void shouldShareGroupsAmongWorkersAndRunEachTaskOnce() {
        TestService one = start(TestConfig.named("one"));
        TestService two = start(TestConfig.named("two"));
        String run = runs.run();
        for (int i = 0; i < 40; i++) {
            TaskGroup group = runs.group(run, 5);
            send(group);
            send(group);
        }

        soon().untilAsserted(() -> assertThat(runs.count("COMPLETED")).isEqualTo(200));
        assertThat(executor(one).executions() + executor(two).executions()).isEqualTo(200);
        assertThat(executor(one).executions()).isBetween(1, 199);
    }

    /** A started worker that is a member of the group. */
    private TestService start(TestConfig config) {
        TestService service = new TestService(database, broker, artifacts, config);
        services.add(service);
        soon().until(() -> service.health.isLive() && service.worker.lease.isFresh());
        return service;
    }

    private void send(TaskGroup group) {
        groups.send(group.groupId(), group);
    }

    private static ScriptedExecutor executor(TestService service) {
        return service.worker.executor;
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }
}
