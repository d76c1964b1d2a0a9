package dev.netbase.scheduler.run.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** One seed of the simulation: a root run, all that happens to it, and the runs below it. */
final class SimulatedWorld {
    private static final int MAX_STEPS = 50_000;
    private final Random random;
    private final Consumer<String> trace;
    private final SimulatedDatabase database;
    private final SimulatedRun root;
    private final Decider decider = new Decider(value -> value, RandomDefinitions.LIMITS);
    private final AtomicLong ids = new AtomicLong();
    private final List<Sent> records = new ArrayList<>();
    private final List<SimulatedDatabase.Told> events = new ArrayList<>();
    private final List<Scheduler> schedulers = List.of(new Scheduler(), new Scheduler());
    private final boolean mayCancel;
    private int retriesLeft;
    private Instant now = Instant.EPOCH;

    /** A task of a group's record. */
    private record Sent(String runId, long taskId, int attempt) {}

    /** A timer of a scheduler. */
    private record Timer(Instant due, String runId, RunEvent event) {}

    /** What a scheduler's process has in memory, and how wrong its clock is. */
    private static final class Scheduler {
        final Map<String, RunState> cache = new HashMap<>();
        final List<Timer> timers = new ArrayList<>();
        long skewMillis;

        void crash() {
            cache.clear();
            timers.clear();
        }
    }

    SimulatedWorld(long seed, boolean fenced, Consumer<String> trace) {
        this.random = new Random(seed);
        this.trace = trace;
        this.database = new SimulatedDatabase(new RandomDefinitions(random), fenced);
        this.root = database.runs.get("root");
        this.mayCancel = random.nextInt(4) == 0;
        this.retriesLeft = random.nextInt(3);
    }

    void run() {
        events.add(new SimulatedDatabase.Told("root", new RunEvent.Start()));
        int steps = 0;
        while (true) {
            while (!root.status.isTerminal()) {
                assertThat(steps++).as("steps").isLessThan(MAX_STEPS);
                step();
                database.runs.values().forEach(SimulatedRun::assertInvariants);
            }
            assertRightEnds();
            if (root.status == RunStatus.COMPLETED || retriesLeft-- == 0) {
                return;
            }
            trace.accept("retry of the root, which " + root.status);
            database.retry(root, now);
        }
    }

    private void step() {
        switch (random.nextInt(13)) {
            case 0, 1, 2 -> deliverRecord();
            case 3, 4, 5 -> finishTask();
            case 6, 7, 8 -> deliverEvents();
            case 9 -> crashOrJump(any(schedulers));
            case 10 -> {
                now = now.plusMillis(random.nextInt(2_000));
                schedulers.forEach(this::fireTimers);
            }
            case 11 -> hint();
            default -> sweep();
        }
    }

    /**
     * A worker has run a task on its record's word, and hands the outcome to a scheduler. What it would have written
     * itself if the scheduler had not is another worker's work here.
     */
    private void hint() {
        SimulatedRun run = any(List.copyOf(database.runs.values()));
        List<SimulatedRun.Task> first = run.tasks.values().stream()
                .filter(task -> task.attempt == 1 && task.index == null && task.childId == null)
                .filter(task -> task.status == TaskStatus.PENDING || random.nextInt(4) == 0)
                .toList();
        Scheduler scheduler = any(schedulers);
        RunState before = scheduler.cache.get(run.id);
        if (first.isEmpty() || before == null) {
            return;
        }
        SimulatedRun.Task task = any(first);
        RunEvent.TaskCompleted hint = new RunEvent.TaskCompleted(task.id, 1, task.node + "/" + task.index);
        Instant clock = now.plusMillis(scheduler.skewMillis);
        Transition transition = decider.decide(before, List.of(hint), clock, ids::incrementAndGet);
        if (!transition.mustBeWritten()) {
            return;
        }
        Optional<List<SimulatedDatabase.Told>> told = database.writeHinted(before, hint, transition, now);
        trace.accept("%s scheduler %d %s hinted: task %d -> %s, written: %s"
                .formatted(
                        now, schedulers.indexOf(scheduler), run.id, task.id, transition.changes(), told.isPresent()));
        if (task.status == TaskStatus.COMPLETED) {
            tell(new SimulatedDatabase.Told(run.id, hint));
        }
        told.ifPresent(written -> afterWriting(scheduler, run.id, transition, written));
    }

    /** Either way its clock is another one afterwards: mostly somewhat wrong, now and then by hours. */
    private void crashOrJump(Scheduler scheduler) {
        scheduler.skewMillis =
                random.nextInt(20) == 0 ? random.nextInt(7_200_000) - 3_600_000 : random.nextInt(6_000) - 3_000;
        boolean crashes = random.nextInt(3) > 0;
        if (crashes) {
            scheduler.crash();
        }
        trace.accept("%s scheduler %d %s; its clock is %d ms off"
                .formatted(now, schedulers.indexOf(scheduler), crashes ? "crashes" : "goes on", scheduler.skewMillis));
        fireTimers(scheduler);
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    /** Takes one, or only looks at it: then it comes again. */
    private <T> T take(List<T> from) {
        return random.nextInt(5) == 0 ? any(from) : from.remove(random.nextInt(from.size()));
    }

    private void deliverRecord() {
        if (!records.isEmpty()) {
            Sent record = take(records);
            if (random.nextInt(10) > 0) {
                database.claim(record.runId(), record.taskId(), record.attempt());
            }
        }
    }

    private void finishTask() {
        List<SimulatedRun> unfinished = database.runs.values().stream()
                .filter(run -> !run.status.isTerminal())
                .toList();
        SimulatedRun run = any(unfinished);
        List<SimulatedRun.Task> running = run.tasks.values().stream()
                .filter(task -> task.status == TaskStatus.RUNNING && !task.workerLost && task.childId == null)
                .toList();
        if (running.isEmpty()) {
            return;
        }
        SimulatedRun.Task task = any(running);
        switch (random.nextInt(8)) {
            case 0 -> {
                RunEvent.Suspicion[] suspicions = RunEvent.Suspicion.values();
                task.workerLost = true;
                task.suspicion = suspicions[random.nextInt(suspicions.length)];
            }
            case 1 -> end(run, task, TaskStatus.FAILED, TaskErrorCode.TRAP);
            default -> {
                if (run.isStopping(task) && random.nextBoolean()) {
                    end(run, task, TaskStatus.CANCELLED, TaskErrorCode.CANCELLED);
                } else {
                    end(run, task, TaskStatus.COMPLETED, null);
                }
            }
        }
    }

    private void end(SimulatedRun run, SimulatedRun.Task task, TaskStatus status, TaskErrorCode code) {
        TaskFailure failure = code == null ? null : new TaskFailure(code, "told by a worker");
        Object output = failure == null ? task.node + "/" + task.index : null;
        task.end(status, failure, output, now);
        trace.accept("%s %s: task %d attempt %d is %s".formatted(now, run.id, task.id, task.attempt, status));
        tell(new SimulatedDatabase.Told(
                run.id,
                failure == null
                        ? new RunEvent.TaskCompleted(task.id, task.attempt, output)
                        : new RunEvent.TaskFailed(task.id, task.attempt, failure)));
    }

    /** Sends an event, which may be lost on its way. */
    private void tell(SimulatedDatabase.Told told) {
        if (random.nextInt(10) > 0) {
            events.add(told);
        }
    }

    private void deliverEvents() {
        Map<String, List<RunEvent>> batch = new LinkedHashMap<>();
        for (int i = random.nextInt(5); i >= 0 && !events.isEmpty(); i--) {
            SimulatedDatabase.Told told = take(events);
            batch.computeIfAbsent(told.runId(), any -> new ArrayList<>()).add(told.event());
        }
        if (mayCancel && random.nextInt(10) == 0) {
            SimulatedRun run = random.nextInt(3) > 0 ? root : any(List.copyOf(database.runs.values()));
            if (!run.status.isTerminal() && run.stop == Stop.NONE) {
                run.stop = Stop.CANCELLED;
                trace.accept("somebody cancels " + run.id);
                stopTold(run.id);
            }
        }
        Scheduler scheduler = any(schedulers);
        batch.forEach((id, happened) -> handle(scheduler, id, happened));
    }

    private void fireTimers(Scheduler scheduler) {
        Instant clock = now.plusMillis(scheduler.skewMillis);
        List<Timer> due = scheduler.timers.stream()
                .filter(timer -> !timer.due().isAfter(clock))
                .toList();
        scheduler.timers.removeAll(due);
        due.forEach(timer -> handle(scheduler, timer.runId(), List.of(timer.event())));
    }

    private void sweep() {
        Scheduler scheduler = any(schedulers);
        for (SimulatedRun run : List.copyOf(database.runs.values())) {
            if (run.status.isTerminal()) {
                continue;
            }
            List<RunEvent> found = new ArrayList<>();
            for (SimulatedRun.Task task : run.tasks.values()) {
                if (task.status == TaskStatus.PENDING && task.retryAt == null) {
                    records.add(new Sent(run.id, task.id, task.attempt));
                } else if (task.status == TaskStatus.RUNNING && task.workerLost) {
                    found.add(new RunEvent.TaskLost(task.id, task.attempt, task.suspicion));
                }
            }
            found.add(new RunEvent.Resumed());
            if (run.status == RunStatus.PENDING) {
                found.addFirst(new RunEvent.Start());
            }
            scheduler.cache.remove(run.id);
            handle(scheduler, run.id, found);
        }
    }

    private void handle(Scheduler scheduler, String runId, List<RunEvent> batch) {
        List<RunEvent> happened = new ArrayList<>(batch);
        RunState before = scheduler.cache.get(runId);
        if (before == null) {
            before = database.runs.get(runId).read();
            happened.addFirst(new RunEvent.Resumed());
        }
        if (before.status().isTerminal()) {
            return;
        }
        Instant clock = now.plusMillis(scheduler.skewMillis);
        Transition transition = decider.decide(before, happened, clock, ids::incrementAndGet);
        trace.accept("%s scheduler %d %s %s -> %s"
                .formatted(now, schedulers.indexOf(scheduler), runId, happened, transition.changes()));
        setTimers(scheduler, runId, transition);
        if (!transition.mustBeWritten()) {
            scheduler.cache.put(runId, transition.next());
            return;
        }
        Optional<List<SimulatedDatabase.Told>> told = database.write(before, transition, now);
        if (told.isEmpty()) {
            scheduler.cache.remove(runId);
            return;
        }
        afterWriting(scheduler, runId, transition, told.get());
    }

    private void afterWriting(
            Scheduler scheduler, String runId, Transition transition, List<SimulatedDatabase.Told> told) {
        if (random.nextInt(20) == 0) {
            trace.accept("scheduler " + schedulers.indexOf(scheduler) + " crashes after it has written");
            scheduler.crash();
            return;
        }
        setTimers(scheduler, runId, transition);
        scheduler.cache.put(runId, transition.next().advanced());
        told.forEach(this::tell);
        afterwards(runId, transition);
    }

    /** What a scheduler does when its transaction has committed: stops what is below, and sends groups. */
    private void afterwards(String runId, Transition transition) {
        for (RunChange change : transition.changes()) {
            if (change instanceof RunChange.StopAnnounced) {
                stopChildren(runId, null);
            } else if (change instanceof RunChange.NodeStopped(String node)) {
                stopChildren(runId, node);
            }
        }
        database.runs.get(runId).tasks.values().stream()
                .filter(task -> task.status == TaskStatus.PENDING && task.retryAt == null && random.nextInt(10) > 0)
                .forEach(task -> records.add(new Sent(runId, task.id, task.attempt)));
    }

    private void stopChildren(String runId, String node) {
        database.stopChildren(runId, node).forEach(this::stopTold);
    }

    /** Some scheduler hears that a run is to stop, perhaps, and reads its row. */
    private void stopTold(String runId) {
        if (random.nextInt(10) > 0) {
            any(schedulers).cache.remove(runId);
            tell(new SimulatedDatabase.Told(runId, new RunEvent.Resumed()));
        }
    }

    private static void setTimers(Scheduler scheduler, String runId, Transition transition) {
        for (RunChange change : transition.changes()) {
            if (change instanceof RunChange.Awaited(Instant at, RunEvent event)) {
                scheduler.timers.add(new Timer(at, runId, event));
            } else if (change instanceof RunChange.RetryScheduled(long taskId, int attempt, Instant at)) {
                scheduler.timers.add(new Timer(at, runId, new RunEvent.RetryDue(taskId)));
            }
        }
    }

    private void assertRightEnds() {
        for (SimulatedRun run : database.runs.values()) {
            run.assertInvariants();
            assertThat(run.status).as("status of %s", run.id).isEqualTo(run.rightStatus());
            for (NodeDefinition node : run.definition.nodes()) {
                assertRightEnd(run, node);
            }
            List<RunEvent> late = List.of(new RunEvent.Resumed(), new RunEvent.Start(), new RunEvent.TimeoutDue());
            assertThat(decider.decide(run.read(), late, now, ids::incrementAndGet)
                            .changes())
                    .isEmpty();
        }
    }

    private static void assertRightEnd(SimulatedRun run, NodeDefinition node) {
        boolean upstreamDone = node.dependsOn().stream().allMatch(key -> switch (run.outcome(key)) {
            case COMPLETED, SKIPPED -> true;
            case WAITING, DISPATCHED, STOPPING, FAILED, CANCELLED -> false;
        });
        if (!upstreamDone) {
            assertThat(run.outcome(node.key())).isEqualTo(NodeProgress.Status.CANCELLED);
        }
        if (node.forEach().isEmpty()) {
            assertThat(run.tasksOf(node.key())).hasSizeLessThanOrEqualTo(1);
        }
    }
}
