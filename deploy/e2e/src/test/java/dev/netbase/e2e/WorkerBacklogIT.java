package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.e2e.WorkerProcess.Setup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * A worker with more to do than it has room for. The backlog is of 50,000 tasks by default, of as many as one likes with
 * {@code -Dbacklog.tasks=1000000}.
 */
@ResourceLock(Cluster.IN_USE)
class WorkerBacklogIT {
    private static final int TASKS = Integer.getInteger("backlog.tasks", 50_000);
    private static final int OF_A_RUN = 10_000;
    private static final int LOW_TASKS = Integer.getInteger("backlog.low", 20_000);
    /** With {@code -Dbacklog.urgent=-100} it has the others' priority, waits for its turn, and the test fails. */
    private static final int URGENT = Integer.getInteger("backlog.urgent", 100);

    private static final long MEGABYTE = 1 << 20;

    private static WorkerStack stack;
    private WorkerProcess worker;

    @BeforeAll
    static void define() throws IOException, InterruptedException {
        stack = WorkerStack.get();
        stack.api().workflow("backlog", """
                {"nodes":[{"key":"each","agent":"echo","for_each":"${inputs.items}","inputs":"${item}"}]}""");
        for (String owner : List.of("greedy", "modest")) {
            stack.api().workflow(owner, """
                    {"nodes":[{"key":"nap","agent":"nap","for_each":"${inputs.naps}","inputs":"${item}"}]}""");
        }
        stack.execute(
                "insert into users (id, subject, display_name) values (nextval('users_seq'), 'modest', 'modest')");
        stack.execute("update workflows set owner_id = (select id from users where subject = 'modest')"
                + " where name = 'modest'");
    }

    @AfterEach
    void end() throws InterruptedException {
        worker.close();
    }

    @Test
    void shouldLeaveInKafkaWhatItHasNoRoomFor() throws Exception {
        worker = WorkerProcess.start(
                        stack,
                        Setup.named("a", stack)
                                .with("NETBASE_WORKER_MAX_TASKS", "10")
                                .with("NETBASE_WORKER_READ_AHEAD", "1"))
                .awaitReady();
        List<String> runs = new ArrayList<>();
        runs.add(stack.api().start("greedy", naps(10, 5_000)));
        soon().until(() -> worker.metric("netbase_worker_tasks_running") == 10);
        for (int i = 0; i < 50; i++) {
            runs.add(stack.api().start("greedy", naps(5, 1)));
        }
        String tasks = "task_instances where run_id in ('" + String.join("','", runs) + "')";

        soon().until(() -> worker.metric("netbase_worker_partitions_paused") == 2 && stack.count(tasks) == 260);
        assertThat(worker.metric("netbase_worker_tasks_in_hand")).isEqualTo(10);
        assertThat(stack.count(tasks + " and status = 'PENDING'")).isEqualTo(250);
        assertThat(worker.isReady()).as("a full worker is a healthy one").isTrue();

        for (String run : runs) {
            assertThat(stack.api().await(run).path("status").asText()).isEqualTo("COMPLETED");
        }
        soon().until(() -> worker.metric("netbase_worker_partitions_paused") == 0);
    }

    /** In order of arrival, the one would end after all the others. How long it takes by itself depends on the machine. */
    @Test
    void shouldNotLetAnOwnersTenThousandTasksStarveAnothersOne() throws Exception {
        worker = WorkerProcess.start(stack, Setup.named("a", stack).with("NETBASE_WORKER_CONCURRENCY", "50"))
                .awaitReady();
        try (KafkaProbe kafka = new KafkaProbe(stack.endpoints().kafka())) {
            String large = stack.api().start("greedy", naps(10_000, 20));
            String tasks = "task_instances where run_id = '" + large + "' and status = 'COMPLETED'";
            soon().until(() -> stack.count(tasks) >= 100);
            kafka.trigger("{\"type\":\"START_WORKFLOW\",\"event_id\":\"one\",\"workflow\":\"modest\",\"inputs\":"
                    + naps(1, 20) + "}");
            assertThat(stack.api().await(large).path("status").asText()).isEqualTo("COMPLETED");

            String one =
                    " from task_instances where status = 'COMPLETED' and run_id = (select r.id from workflow_runs r"
                            + " join workflows w on w.id = r.workflow_id where w.name = 'modest')";
            long waiting = stack.count(tasks + " and finished_at > (select queued_at" + one + ")");
            long after = stack.count(tasks + " and finished_at > (select finished_at" + one + ")");
            assertThat(waiting).as("tasks that were there before the one").isGreaterThan(1_000);
            assertThat(after)
                    .as("of the %d tasks that were there before the one, those that ended after it", waiting)
                    .isGreaterThan(waiting / 4);
        }
    }

    /** The urgent one is queued when all the others are, and lies in Kafka behind them, farther than is read ahead. */
    @Test
    void shouldLetAnUrgentRunOvertakeTasksThatWaitInKafka() throws Exception {
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < LOW_TASKS / OF_A_RUN; i++) {
            runs.add(start(OF_A_RUN, -100));
        }
        String low = "task_instances where run_id in ('" + String.join("','", runs) + "')";
        await().atMost(Duration.ofSeconds(120)).until(() -> stack.count(low) == LOW_TASKS && nothingIsToBeSent());
        String urgent = start(3, URGENT);
        soon().until(() -> stack.count("task_instances where run_id = '" + urgent + "'") == 3 && nothingIsToBeSent());

        worker = WorkerProcess.start(stack, Setup.named("a", stack).with("NETBASE_WORKER_READ_AHEAD", "1M"))
                .awaitReady();
        runs.add(urgent);
        for (String run : runs) {
            assertThat(stack.api().await(run).path("status").asText()).isEqualTo("COMPLETED");
        }

        int after = stack.count(low + " and finished_at > (select max(finished_at) from task_instances where run_id = '"
                + urgent + "')");
        System.out.println("backlog: of " + LOW_TASKS + " tasks, " + after + " ended after the urgent ones");
        assertThat(after)
                .as("tasks that were there before the urgent ones and ended after them")
                .isGreaterThan(LOW_TASKS * 8 / 10);
    }

    private static boolean nothingIsToBeSent() {
        return stack.count("outbox") == 0;
    }

    private static String start(int tasks, int priority) {
        List<Integer> items = IntStream.range(0, tasks).boxed().toList();
        return stack.api()
                .post("/workflows/backlog/runs", "{\"inputs\":{\"items\":" + items + "},\"priority\":" + priority + "}")
                .expect(202)
                .path("run_id")
                .asText();
    }

    @Test
    void shouldNeedNoMoreHeapForALongerBacklog() throws Exception {
        List<String> runs = new ArrayList<>();
        String items = IntStream.range(0, OF_A_RUN).mapToObj(Integer::toString).collect(Collectors.joining(","));
        for (int i = 0; i < TASKS / OF_A_RUN; i++) {
            runs.add(stack.api().start("backlog", "{\"items\":[" + items + "]}"));
        }
        String wanted = "run_id in ('" + String.join("','", runs) + "')";
        long for1000 = TASKS / 1_000;
        await().atMost(Duration.ofSeconds(60 + for1000))
                .until(() -> stack.count("task_instances where " + wanted) == TASKS && stack.count("outbox") == 0);

        // A collection of the whole heap each time is asked for, on a machine that does other things beside it.
        worker = WorkerProcess.start(
                        stack,
                        Setup.named("a", stack)
                                .with("-Xmx128m")
                                .with("NETBASE_WORKER_LEASE", "15s")
                                // More waits than is read ahead: each of 50,000 tasks takes 150 bytes and more.
                                .with("NETBASE_WORKER_READ_AHEAD", "1M"))
                .awaitReady();
        List<Long> megabytes = new ArrayList<>();
        await().atMost(Duration.ofSeconds(60 + for1000))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> {
                    megabytes.add(worker.liveHeap() / MEGABYTE);
                    return stack.count("workflow_runs where status = 'COMPLETED' and id in ('"
                                    + String.join("','", runs) + "')")
                            == runs.size();
                });

        System.out.println("backlog: live heap of the worker with " + TASKS + " tasks, MiB: " + megabytes);
        assertThat(megabytes).allSatisfy(live -> assertThat(live).isLessThan(100));
        assertThat(stack.count("task_instances where " + wanted + " and status = 'COMPLETED'"))
                .isEqualTo(TASKS);
    }

    private static String naps(int count, int millis) {
        return "{\"naps\":" + Collections.nCopies(count, millis) + "}";
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }
}
