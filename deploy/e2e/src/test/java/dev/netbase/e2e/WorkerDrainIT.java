package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.e2e.WorkerProcess.Setup;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What a worker does on SIGTERM. */
@ResourceLock(Cluster.IN_USE)
class WorkerDrainIT {
    /** Of a JVM that SIGTERM has ended in good order. */
    private static final int TERMINATED = 143;

    private static WorkerStack stack;
    private final List<WorkerProcess> workers = new ArrayList<>();

    @BeforeAll
    static void define() throws IOException, InterruptedException {
        stack = WorkerStack.get();
        stack.api().workflow("drain", """
                {"nodes":[{"key":"nap","agent":"nap","for_each":"${inputs.naps}","inputs":"${item}"}]}""");
    }

    @AfterEach
    void end() throws InterruptedException {
        for (WorkerProcess worker : workers) {
            worker.close();
        }
    }

    /** Five groups of four: one runs, for long, two wait in the worker, two in Kafka. */
    @Test
    void shouldEndWhatRunsAndLeaveWhatWaitsToOthersAtOnce() throws Exception {
        WorkerProcess first = start(Setup.named("a", stack)
                .with("NETBASE_WORKER_CONCURRENCY", "4")
                .with("NETBASE_WORKER_MAX_TASKS", "12")
                .with("NETBASE_WORKER_LEASE", "5m")
                .with("NETBASE_WORKER_DRAIN_TIMEOUT", "30s"));
        first.awaitReady();
        List<String> runs = new ArrayList<>(startRuns(1, Collections.nCopies(4, 15_000)));
        soon().until(() -> first.metric("netbase_worker_tasks_running") == 4);
        runs.addAll(startRuns(4, Collections.nCopies(4, 500)));
        String tasks = "task_instances where run_id in ('" + String.join("','", runs) + "')";
        soon().until(() -> first.metric("netbase_worker_tasks_running") == 4
                && first.metric("netbase_worker_tasks_waiting") == 8
                && stack.count(tasks + " and status = 'PENDING'") == 8);

        start(Setup.named("b", stack));
        first.terminate();

        for (String run : runs.reversed()) {
            assertThat(stack.api().await(run).path("status").asText()).isEqualTo("COMPLETED");
            if (!run.equals(runs.getFirst())) {
                assertThat(stack.count(
                                "task_instances where run_id = '" + runs.getFirst() + "' and status = 'RUNNING'"))
                        .as("still running on the worker that stops")
                        .isEqualTo(4);
            }
        }
        assertThat(first.exitCode(Duration.ofSeconds(30))).isEqualTo(TERMINATED);
        assertThat(stack.count("workers where id = 'a'")).isZero();
        assertThat(stack.query("select string_agg(n || ' by ' || worker_id || ' in attempt ' || attempt, ', ' order by "
                        + "worker_id, attempt) from (select count(*) n, worker_id, attempt from " + tasks
                        + " group by worker_id, attempt) counted"))
                .isEqualTo("4 by a in attempt 1, 8 by b in attempt 1, 8 by b in attempt 2");
        assertThat(stack.count(tasks + " and deaths > 0")).as("suspects").isZero();
        TaskEvents.assertEndedOnce(stack, runs);
    }

    @Test
    void shouldStopWhatDoesNotEndInTimeAndSuspectNobody() throws Exception {
        WorkerProcess first = start(Setup.named("a", stack)
                .with("NETBASE_WORKER_LEASE", "5m")
                .with("NETBASE_WORKER_DRAIN_TIMEOUT", "500ms"));
        first.awaitReady();
        List<String> runs = startRuns(1, List.of(1, 5_000, 5_000));
        String tasks = "task_instances where run_id = '" + runs.getFirst() + "'";
        soon().until(() -> stack.count(tasks + " and status = 'COMPLETED'") == 1
                && first.metric("netbase_worker_tasks_running") == 2);

        start(Setup.named("b", stack));
        first.terminate();

        assertThat(first.exitCode(Duration.ofSeconds(30))).isEqualTo(TERMINATED);
        assertThat(stack.api().await(runs.getFirst()).path("status").asText()).isEqualTo("COMPLETED");
        assertThat(stack.query(
                        "select string_agg(worker_id || attempt || losses || deaths, ' ' order by item_index) from "
                                + tasks))
                .isEqualTo("a100 b210 b210");
        TaskEvents.assertEndedOnce(stack, runs);
    }

    private static List<String> startRuns(int count, List<Integer> naps) {
        List<String> runs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            runs.add(stack.api().start("drain", "{\"naps\":" + naps + "}"));
        }
        return runs;
    }

    private WorkerProcess start(Setup setup) throws IOException {
        WorkerProcess worker = WorkerProcess.start(stack, setup);
        workers.add(worker);
        return worker;
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }
}
