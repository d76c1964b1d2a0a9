package dev.netbase.scheduler.run.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * Random graphs under random schedules: two schedulers with caches of their own, records and events that are dropped,
 * repeated and reordered, crashes between any two steps, workers that vanish. A failing seed replays with
 * {@code -Dsimulation.seed=N}; {@code -Dsimulation.minutes=60} runs for as long.
 */
class SimulationTest {
    private static final int SEEDS = 3_000;
    private static final int MAX_STEPS = 20_000;

    /** Every so manieth task kills each worker that runs it. */
    private static final int POISONOUS = 17;

    @Test
    void shouldBringEveryRunToTheRightEndUnderAnySchedule() {
        Long one = Long.getLong("simulation.seed");
        if (one != null) {
            new World(one, true).run();
            return;
        }
        Instant end = Instant.now().plus(Duration.ofMinutes(Long.getLong("simulation.minutes", 0)));
        long first = Long.getLong("simulation.first", 1);
        for (long seed = first; seed < first + SEEDS || Instant.now().isBefore(end); seed++) {
            try {
                new World(seed, false).run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " failed; replay with -Dsimulation.seed=" + seed, e);
            }
        }
    }

    private static final class World {
        private final Random random;
        private final boolean trace;
        private final SimulatedDatabase database;
        private final Decider decider = new Decider(value -> value, Decider.Limits.DEFAULTS);
        private final AtomicLong ids = new AtomicLong();
        private final List<long[]> queue = new ArrayList<>();
        private final List<RunEvent> events = new ArrayList<>();
        private final RunState[] caches = new RunState[2];
        private final boolean cancelled;
        private Instant now = Instant.EPOCH;

        World(long seed, boolean trace) {
            this.random = new Random(seed);
            this.trace = trace;
            this.database = new SimulatedDatabase(Definitions.of(graph()));
            this.cancelled = random.nextInt(5) == 0;
        }

        private String graph() {
            int size = 1 + random.nextInt(8);
            List<String> nodes = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                List<String> dependencies = new ArrayList<>();
                for (int j = 0; j < i; j++) {
                    if (random.nextInt(3) == 0) {
                        dependencies.add("\"n" + j + "\"");
                    }
                }
                String forEach = random.nextInt(3) == 0
                        ? ",\"for_each\":"
                                + List.of("[]", "[1]", "[1,2,3]", "[1,2,3,4,5,6,7]")
                                        .get(random.nextInt(4))
                        : "";
                String when = random.nextInt(6) == 0 ? ",\"when\":" + random.nextBoolean() : "";
                String retry = random.nextInt(3) == 0
                        ? ",\"retry\":{\"max_attempts\":" + (1 + random.nextInt(3)) + ",\"backoff\":\"1s\"}"
                        : "";
                nodes.add("{\"key\":\"n%d\",\"agent\":\"x\",\"depends_on\":%s%s%s%s}"
                        .formatted(i, dependencies, forEach, when, retry));
            }
            return "{\"nodes\":" + nodes + "}";
        }

        void run() {
            events.add(new RunEvent.Start());
            int steps = 0;
            while (!database.status.isTerminal()) {
                assertThat(steps++).as("steps").isLessThan(MAX_STEPS);
                step();
            }
            assertRightEnd();
            Transition after =
                    decider.decide(database.read(), List.of(new RunEvent.Resumed()), now, ids::incrementAndGet);
            assertThat(after.changes()).isEmpty();
        }

        private void step() {
            switch (random.nextInt(12)) {
                case 0, 1, 2 -> deliverRecord();
                case 3, 4, 5 -> finishTask();
                case 6, 7, 8 -> deliverEvents();
                case 9 -> caches[random.nextInt(2)] = null;
                case 10 -> now = now.plusMillis(random.nextInt(2_000));
                default -> sweep();
            }
        }

        private void deliverRecord() {
            if (queue.isEmpty()) {
                return;
            }
            long[] record = random.nextInt(5) == 0
                    ? queue.get(random.nextInt(queue.size()))
                    : queue.remove(random.nextInt(queue.size()));
            if (random.nextInt(10) > 0) {
                database.claim(record[0], (int) record[1]);
            }
        }

        private void finishTask() {
            List<SimulatedDatabase.Task> running = database.tasks.values().stream()
                    .filter(task -> task.status == TaskStatus.RUNNING && !task.workerLost)
                    .toList();
            if (running.isEmpty()) {
                return;
            }
            SimulatedDatabase.Task task = running.get(random.nextInt(running.size()));
            RunEvent.Suspicion[] suspicions = RunEvent.Suspicion.values();
            if (task.id % POISONOUS == 0) {
                lose(task, suspicions[random.nextInt(suspicions.length)]);
                return;
            }
            switch (random.nextInt(8)) {
                case 0 -> lose(task, suspicions[random.nextInt(suspicions.length)]);
                case 1 -> end(task, TaskStatus.FAILED, new TaskFailure(TaskErrorCode.TRAP, "trap"));
                default -> {
                    if (database.cancelling && random.nextBoolean()) {
                        end(task, TaskStatus.CANCELLED, new TaskFailure(TaskErrorCode.CANCELLED, "cancelled"));
                    } else {
                        end(task, TaskStatus.COMPLETED, null);
                    }
                }
            }
        }

        private static void lose(SimulatedDatabase.Task task, RunEvent.Suspicion suspicion) {
            task.workerLost = true;
            task.suspicion = suspicion;
        }

        private void end(SimulatedDatabase.Task task, TaskStatus status, TaskFailure failure) {
            task.status = status;
            task.failure = failure;
            task.failures += status == TaskStatus.FAILED ? 1 : 0;
            task.output = failure == null ? task.node + "/" + task.index : null;
            task.finishedAt = now;
            RunEvent event = failure == null
                    ? new RunEvent.TaskCompleted(task.id, task.attempt, task.output)
                    : new RunEvent.TaskFailed(task.id, task.attempt, failure);
            if (random.nextInt(10) > 0) {
                events.add(event);
            }
        }

        private void deliverEvents() {
            List<RunEvent> batch = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0 && !events.isEmpty(); i--) {
                RunEvent event = random.nextInt(6) == 0
                        ? events.get(random.nextInt(events.size()))
                        : events.remove(random.nextInt(events.size()));
                batch.add(event);
            }
            if (cancelled && !database.cancelling && random.nextInt(10) == 0) {
                database.cancelling = true;
                batch.add(new RunEvent.CancelRequested());
            }
            handle(random.nextInt(2), batch);
        }

        private void sweep() {
            List<RunEvent> found = new ArrayList<>();
            for (SimulatedDatabase.Task task : database.tasks.values()) {
                if (task.status == TaskStatus.PENDING) {
                    queue.add(new long[] {task.id, task.attempt});
                } else if (task.status == TaskStatus.RUNNING && task.workerLost) {
                    found.add(new RunEvent.TaskLost(task.id, task.attempt, task.suspicion));
                } else if (task.status == TaskStatus.FAILED) {
                    found.add(new RunEvent.RetryDue(task.id));
                }
            }
            found.add(database.cancelling ? new RunEvent.CancelRequested() : new RunEvent.Resumed());
            if (database.status == RunStatus.PENDING) {
                found.addFirst(new RunEvent.Start());
            }
            int scheduler = random.nextInt(2);
            caches[scheduler] = null;
            handle(scheduler, found);
        }

        private void handle(int scheduler, List<RunEvent> batch) {
            List<RunEvent> happened = new ArrayList<>(batch);
            if (caches[scheduler] == null) {
                caches[scheduler] = database.read();
                happened.addFirst(new RunEvent.Resumed());
            }
            RunState before = caches[scheduler];
            Transition transition = decider.decide(before, happened, now, ids::incrementAndGet);
            if (trace) {
                System.out.printf("%s scheduler %d %s -> %s%n", now, scheduler, happened, transition.changes());
            }
            if (!transition.mustBeWritten()) {
                caches[scheduler] = transition.next();
                return;
            }
            boolean answerLost = random.nextInt(20) == 0;
            if (!database.write(before, transition) || answerLost) {
                caches[scheduler] = null;
                return;
            }
            caches[scheduler] = transition.next().advanced();
            if (transition.changes().contains(new RunChange.CancelAnnounced())) {
                caches[scheduler] = null;
            }
            database.tasks.values().stream()
                    .filter(task -> task.status == TaskStatus.PENDING && random.nextInt(10) > 0)
                    .forEach(task -> queue.add(new long[] {task.id, task.attempt}));
        }

        private void assertRightEnd() {
            boolean anyFailed = false;
            for (NodeDefinition node : database.definition.nodes()) {
                List<SimulatedDatabase.Task> tasks = database.tasks.values().stream()
                        .filter(task -> task.node.equals(node.key()))
                        .toList();
                anyFailed |= tasks.stream().anyMatch(task -> task.status == TaskStatus.FAILED);
                assertThat(tasks)
                        .allSatisfy(task -> assertThat(task.failures)
                                .isLessThanOrEqualTo(node.retry().maxAttempts()));
                assertThat(tasks)
                        .filteredOn(task -> task.id % POISONOUS == 0)
                        .allSatisfy(task -> assertThat(task.status).isNotEqualTo(TaskStatus.COMPLETED));
                if (node.forEach().isEmpty()) {
                    assertThat(tasks).hasSizeLessThanOrEqualTo(1);
                }
            }
            Map<String, StoredRun.StoredNode> nodes = database.nodes;
            for (NodeDefinition node : database.definition.nodes()) {
                boolean upstreamFailed = node.dependsOn().stream().anyMatch(key -> !completed(key));
                if (upstreamFailed) {
                    assertThat(nodes.get(node.key()).status()).isEqualTo(NodeProgress.Status.CANCELLED);
                }
            }
            assertThat(database.status)
                    .isEqualTo(
                            database.cancelling
                                    ? RunStatus.CANCELLED
                                    : anyFailed ? RunStatus.FAILED : RunStatus.COMPLETED);
        }

        private boolean completed(String key) {
            StoredRun.StoredNode node = database.nodes.get(key);
            return switch (node.status()) {
                case DISPATCHED ->
                    database.tasks.values().stream()
                            .filter(task -> task.node.equals(key))
                            .allMatch(task -> task.status == TaskStatus.COMPLETED);
                case COMPLETED, SKIPPED -> true;
                case WAITING, FAILED, CANCELLED -> false;
            };
        }
    }
}
