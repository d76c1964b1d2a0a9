package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.netbase.e2e.WorkerProcess.Setup;
import dev.netbase.standalone.postgres.PostgresAccess;
import dev.netbase.standalone.stack.Endpoints;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What becomes of tasks whose worker is killed or stands still, and of a task that kills its workers. */
@ResourceLock(Cluster.IN_USE)
class WorkerLossIT {
    private static WorkerStack stack;
    private final Map<String, WorkerProcess> workers = new HashMap<>();

    @BeforeAll
    static void define() throws IOException, InterruptedException {
        stack = WorkerStack.get();
        stack.api().workflow("naps", """
                {"nodes":[{"key":"nap","agent":"nap","for_each":"${inputs.naps}","inputs":"${item}"}],
                 "output":"${nodes.nap.output}"}""");
    }

    @AfterEach
    void end() throws InterruptedException {
        for (WorkerProcess worker : workers.values()) {
            worker.close();
        }
    }

    /**
     * The task with the long nap kills: its worker gets SIGKILL whenever the task has begun. A task that is to run alone
     * has begun when its row says so.
     */
    @Test
    void shouldFailTheTaskThatKillsItsWorkersAndBlameNoSibling() throws Exception {
        start(Setup.named("a", stack)).awaitReady();
        start(Setup.named("b", stack)).awaitReady();
        String run = stack.api().start("naps", "{\"naps\":[250000,700,700,700,700,700,700,700]}");
        String killer = "task_instances where run_id = '" + run + "' and item_index = 0";
        String siblings = "task_instances where run_id = '" + run + "' and item_index > 0";

        Set<String> killed = new TreeSet<>();
        long deadline = System.nanoTime() + Duration.ofMinutes(3).toNanos();
        while (stack.count(killer + " and status = 'FAILED'") == 0) {
            assertThat(System.nanoTime()).as("the task is found in time").isLessThan(deadline);
            String victim = stack.query("select worker_id || ' ' || worker_epoch from " + killer
                    + " and status = 'RUNNING' and (alone or deaths < 3)");
            if (!victim.equals("null") && killed.add(victim)) {
                assertThat(killed).as("workers that one task has killed").hasSizeLessThanOrEqualTo(6);
                String name = victim.substring(0, victim.indexOf(' '));
                workers.remove(name).kill();
                start(Setup.named(name, stack));
            }
            Thread.sleep(20);
        }

        JsonNode ended = stack.api().await(run);
        assertThat(ended.path("status").asText()).isEqualTo("FAILED");
        assertThat(stack.query("select error_code || ' ' || attempt || ' ' || alone::text from " + killer))
                .isEqualTo("WORKER_LOST " + killed.size() + " true");
        assertThat(stack.count(siblings + " and status = 'COMPLETED' and lone_deaths = 0 and output::text = '700'"))
                .isEqualTo(7);
        assertThat(groupsOfSuspects(run))
                .as("their last groups")
                .isNotEmpty()
                .allSatisfy(group -> assertThat(group.path("tasks")).hasSize(1));
        TaskEvents.assertEndedAtMostOnce(stack, List.of(run));
    }

    /** The records of the groups in which tasks were last that had been under way when a worker died. */
    private static List<JsonNode> groupsOfSuspects(String run) throws IOException {
        Set<String> ids =
                Set.of(stack.query("select string_agg(distinct group_id, ',') from task_instances where run_id = '"
                                + run + "' and deaths > 0")
                        .split(","));
        List<JsonNode> groups = new ArrayList<>();
        try (KafkaProbe kafka = new KafkaProbe(stack.endpoints().kafka())) {
            for (ConsumerRecord<String, String> record : kafka.read("netbase.task.groups")) {
                if (ids.contains(record.key())) {
                    groups.add(Api.JSON.readTree(record.value()));
                }
            }
        }
        assertThat(groups).extracting(group -> group.path("group_id").asText()).containsAll(ids);
        return groups;
    }

    @Test
    void shouldRunAgainOnlyWhatWasNotEnded() throws Exception {
        start(Setup.named("a", stack)).awaitReady();
        String run = stack.api().start("naps", "{\"naps\":[1,1,1,1,1,3000,3000,3000,3000,3000]}");
        String ended = "task_instances where run_id = '" + run + "' and status = 'COMPLETED'";
        soon().until(() -> stack.count(ended) == 5);
        String before = rows(run, "item_index < 5");

        workers.remove("a").kill();
        start(Setup.named("a", stack));
        start(Setup.named("b", stack));
        assertThat(stack.api().await(run).path("status").asText()).isEqualTo("COMPLETED");

        assertThat(rows(run, "item_index < 5")).isEqualTo(before);
        assertThat(stack.count(ended + " and item_index >= 5 and attempt = 2 and losses = 1"))
                .isEqualTo(5);
        TaskEvents.assertEndedAtMostOnce(stack, List.of(run));
    }

    /** All of a task that may change: not even its row's version may. */
    private static String rows(String run, String which) {
        return stack.query("select string_agg(concat_ws(' ', id, ctid, xmin, attempt, worker_id, worker_epoch, "
                + "started_at, finished_at), '; ' order by id) from task_instances where run_id = '" + run + "' and "
                + which);
    }

    @Test
    void shouldRenewOneRowForAllItsTasks() throws Exception {
        start(Setup.named("a", stack)).awaitReady();
        String run = stack.api().start("naps", "{\"naps\":" + Collections.nCopies(500, 6_500) + "}");
        soon().until(() -> stack.count("task_instances where run_id = '" + run + "' and status = 'RUNNING'") == 500);
        String tasks = rows(run, "true");
        Set<String> deadlines = new TreeSet<>();

        soon().until(() -> {
            deadlines.add(stack.query("select deadline from workers where id = 'a'"));
            return deadlines.size() >= 4;
        });

        assertThat(stack.query(
                        "select max(w.deadline) - min(t.started_at) > interval '5 s' from workers w, task_instances t"
                                + " where w.id = 'a' and t.run_id = '" + run + "'"))
                .as("that is longer than a lease of 3 s")
                .isEqualTo("t");
        assertThat(rows(run, "true")).as("no task was written to meanwhile").isEqualTo(tasks);
        assertThat(stack.api().await(run).path("status").asText()).isEqualTo("COMPLETED");
        assertThat(stack.query("select sum(attempt) from task_instances where run_id = '" + run + "'"))
                .isEqualTo("500");
    }

    /**
     * Its connections to the database are slow, so that on waking it has its guests' results before it can hear that its
     * lease is gone.
     */
    @Test
    void shouldDropTheResultsOfAWorkerThatStoodStillForLongerThanItsLease() throws Exception {
        int port = Cluster.freePorts(1).getFirst();
        PostgresAccess postgres = stack.endpoints().postgres();
        try (FaultProxy proxy = FaultProxy.start(port, postgres.port())) {
            Endpoints detour = new Endpoints(
                    stack.endpoints().api(), stack.endpoints().kafka(), new PostgresAccess(port, postgres.password()));
            WorkerProcess asleep = start(Setup.named("a", stack).at(detour)).awaitReady();
            start(Setup.named("b", stack)).awaitReady();
            String run = runOf(asleep, 20);
            String tasks = "task_instances where run_id = '" + run + "'";

            asleep.pause();
            soon().until(() -> stack.count(tasks + " and attempt > 1") == 20);
            proxy.slow(Duration.ofMillis(300));
            asleep.resume();

            soon().untilAsserted(() -> assertThat(asleep.metric("netbase_worker_results_fenced_total"))
                    .isEqualTo(20));
            proxy.heal();
            assertThat(stack.api().await(run).path("status").asText()).isEqualTo("COMPLETED");
            assertThat(asleep.metric("netbase_worker_leases_lost_total")).isPositive();
            assertThat(stack.count(tasks + " and status = 'COMPLETED' and attempt > 1"))
                    .isEqualTo(20);
            TaskEvents.assertEndedOnce(stack, List.of(run));
            // It goes on as a worker, under a new lease.
            soon().until(asleep::isReady);
        }
    }

    /** A run whose one group this worker has, and whose guests all sleep for two seconds. */
    private static String runOf(WorkerProcess worker, int tasks) {
        while (true) {
            String run = stack.api().start("naps", "{\"naps\":" + Collections.nCopies(tasks, 2_000) + "}");
            String rows = "task_instances where run_id = '" + run + "' and status = 'RUNNING'";
            soon().until(() -> stack.count(rows) == tasks);
            if (stack.count(rows + " and worker_id = '" + worker.name() + "'") == tasks) {
                soon().until(() -> worker.guests() == tasks);
                return run;
            }
        }
    }

    private WorkerProcess start(Setup setup) throws IOException {
        WorkerProcess worker = WorkerProcess.start(stack, setup);
        workers.put(setup.name(), worker);
        return worker;
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }
}
