package dev.netbase.scheduler.run.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.definition.ElementFailurePolicy;
import dev.netbase.model.definition.NodeTarget;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import dev.netbase.scheduler.run.domain.RunChange.TaskRedispatched.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Rows of runs, with the conditions under which schedulers, workers and the API change them, and checks on every change. */
final class SimulatedDatabase {
    final Map<String, SimulatedRun> runs = new LinkedHashMap<>();
    private final RandomDefinitions definitions;
    private final boolean fenced;

    /** An event that a transaction leaves to be told. */
    record Told(String runId, RunEvent event) {}

    /** @param fenced whether it refuses what was decided on an earlier version of a run, as it must */
    SimulatedDatabase(RandomDefinitions definitions, boolean fenced) {
        this.definitions = definitions;
        this.fenced = fenced;
        runs.put("root", new SimulatedRun("root", definitions.get("root"), RunFacts.NEW));
    }

    /**
     * Writes an advance, unless the run is no longer as it was when that was decided.
     *
     * @return what the transaction leaves to be told; empty if it was refused
     */
    Optional<List<Told>> write(RunState before, Transition transition, Instant now) {
        SimulatedRun run = runs.get(before.runId());
        boolean unawareOfStop = run.stop != Stop.NONE && transition.next().stop() == Stop.NONE;
        if ((fenced && before.version() != run.version) || run.status.isTerminal() || unawareOfStop) {
            return Optional.empty();
        }
        run.version++;
        run.stop = transition.next().stop();
        List<Told> told = new ArrayList<>();
        for (RunChange change : transition.changes()) {
            apply(run, change, transition.next(), now, told);
        }
        return Optional.of(told);
    }

    /**
     * Writes an outcome that a worker has handed over, and what follows from it; or only that, if the worker was faster.
     * An outcome is written even if the run is no longer as it was.
     */
    Optional<List<Told>> writeHinted(RunState before, RunEvent.TaskCompleted hint, Transition transition, Instant now) {
        SimulatedRun run = runs.get(before.runId());
        SimulatedRun.Task task = run.tasks.get(hint.taskId());
        if (isQueued(run, task, hint.attempt())) {
            task.status = TaskStatus.RUNNING;
            task.end(TaskStatus.COMPLETED, null, hint.output(), now);
        }
        boolean stands = task.status == TaskStatus.COMPLETED && task.attempt == hint.attempt();
        return stands ? write(before, transition, now) : Optional.empty();
    }

    private static boolean isQueued(SimulatedRun run, SimulatedRun.Task task, int attempt) {
        return task.status == TaskStatus.PENDING
                && task.attempt == attempt
                && run.stop == Stop.NONE
                && !run.status.isTerminal();
    }

    private void apply(SimulatedRun run, RunChange change, RunState next, Instant now, List<Told> told) {
        switch (change) {
            case RunChange.RunStarted() -> {
                assertThat(run.status).isEqualTo(RunStatus.PENDING);
                run.status = RunStatus.RUNNING;
                run.facts = run.facts.startedAt(now);
            }
            case RunChange.NodeDispatched(String node, List<RunChange.NewTask> newTasks) ->
                dispatch(run, node, newTasks, told);
            case RunChange.NodeEndedWithoutTasks ended -> {
                assertThat(run.nodes).doesNotContainKey(ended.node());
                if (ended.status() == NodeProgress.Status.COMPLETED) {
                    assertMayBegin(run, ended.node());
                }
                run.nodes.put(ended.node(), new StoredRun.StoredNode(ended.node(), ended.status(), ended.failure()));
            }
            case RunChange.NodeStopped(String node) -> {
                assertThat(run.nodes.get(node).status().isUnderWay()).isTrue();
                run.nodes.put(node, new StoredRun.StoredNode(node, NodeProgress.Status.STOPPING, null));
                withdraw(run, run.tasksOf(node), told);
            }
            case RunChange.TaskRedispatched again -> redispatch(run, again, told);
            case RunChange.RetryScheduled(long taskId, int attempt, Instant at) -> {
                SimulatedRun.Task task = run.tasks.get(taskId);
                assertThat(task.attempt).isEqualTo(attempt);
                assertThat(task.status).isEqualTo(TaskStatus.FAILED);
                assertThat(run.nodes.get(task.node).status()).isEqualTo(NodeProgress.Status.DISPATCHED);
                task.status = TaskStatus.PENDING;
                task.attempt++;
                task.retryAt = at;
            }
            case RunChange.Awaited timer -> {}
            case RunChange.TaskGivenUp(long taskId, int attempt, TaskFailure failure) -> {
                SimulatedRun.Task task = run.tasks.get(taskId);
                assertThat(task.attempt).isEqualTo(attempt);
                assertThat(task.workerLost).isTrue();
                assertThat(task.suspicion).isEqualTo(RunEvent.Suspicion.ALONE);
                assertThat(task.loneDeaths).isEqualTo(Decider.MAX_LONE_DEATHS - 1);
                assertThat(failure.code()).isEqualTo(TaskErrorCode.WORKER_LOST);
                task.status = TaskStatus.FAILED;
                task.failure = failure;
                task.finishedAt = Instant.EPOCH;
            }
            case RunChange.LostTaskCancelled(long taskId, int attempt) -> {
                SimulatedRun.Task task = run.tasks.get(taskId);
                assertThat(task.status).isEqualTo(TaskStatus.RUNNING);
                assertThat(task.workerLost).isTrue();
                task.cancel();
            }
            case RunChange.StopAnnounced(Stop reason) -> withdraw(run, List.copyOf(run.tasks.values()), told);
            case RunChange.RunEnded ended -> end(run, ended, next.stop(), now, told);
        }
    }

    private void dispatch(SimulatedRun run, String node, List<RunChange.NewTask> newTasks, List<Told> told) {
        assertMayBegin(run, node);
        run.nodes.put(node, new StoredRun.StoredNode(node, NodeProgress.Status.DISPATCHED, null));
        assertThat(newTasks).isNotEmpty();
        for (RunChange.NewTask newTask : newTasks) {
            SimulatedRun.Task task = new SimulatedRun.Task(newTask.id(), node, newTask.index());
            assertThat(run.tasks.put(task.id, task)).isNull();
            startChild(run, task, told);
        }
    }

    private void startChild(SimulatedRun run, SimulatedRun.Task task, List<Told> told) {
        if (run.definition.node(task.node).target() instanceof NodeTarget.Workflow workflow) {
            assertThat(run.facts.depth()).isLessThan(RandomDefinitions.LIMITS.maxDepth());
            task.status = TaskStatus.RUNNING;
            task.childId = run.id + "/" + task.id + "-" + task.attempt;
            RunFacts facts = new RunFacts(
                    run.facts.depth() + 1, new RunFacts.ParentTask(run.id, task.id, task.attempt), 0, null);
            assertThat(runs.put(task.childId, new SimulatedRun(task.childId, definitions.get(workflow.name()), facts)))
                    .isNull();
            told.add(new Told(task.childId, new RunEvent.Start()));
        }
    }

    private void redispatch(SimulatedRun run, RunChange.TaskRedispatched again, List<Told> told) {
        SimulatedRun.Task task = run.tasks.get(again.taskId());
        assertThat(task.attempt).isEqualTo(again.attempt());
        assertThat(run.nodes.get(task.node).status()).isEqualTo(NodeProgress.Status.DISPATCHED);
        switch (again.reason()) {
            case GIVEN_BACK, LOST, LOST_ALONE -> {
                assertThat(task.status).isEqualTo(TaskStatus.RUNNING);
                assertThat(task.workerLost).isTrue();
                task.attempt++;
                task.losses++;
                task.deaths += again.reason().isSuspicious() ? 1 : 0;
                task.loneDeaths += again.reason() == Reason.LOST_ALONE ? 1 : 0;
                assertThat(again.reason()).isEqualTo(Reason.of(task.suspicion));
                assertThat(task.loneDeaths).isLessThan(Decider.MAX_LONE_DEATHS);
            }
            case WAITED -> {
                assertThat(task.status).isEqualTo(TaskStatus.PENDING);
                assertThat(task.retryAt).isNotNull();
            }
        }
        task.status = TaskStatus.PENDING;
        task.failure = null;
        task.finishedAt = null;
        task.retryAt = null;
        task.workerLost = false;
        startChild(run, task, told);
    }

    private static void withdraw(SimulatedRun run, List<SimulatedRun.Task> tasks, List<Told> told) {
        TaskFailure failure = new TaskFailure(TaskErrorCode.CANCELLED, "stopped before it began");
        for (SimulatedRun.Task task : tasks) {
            if (task.status == TaskStatus.PENDING) {
                task.cancel();
                told.add(new Told(run.id, new RunEvent.TaskFailed(task.id, task.attempt, failure)));
            }
        }
    }

    private void end(SimulatedRun run, RunChange.RunEnded ended, Stop stop, Instant now, List<Told> told) {
        assertThat(run.status).isEqualTo(RunStatus.RUNNING);
        assertThat(run.tasks.values())
                .allSatisfy(task -> assertThat(task.status.isTerminal()).isTrue());
        assertThat(run.nodes).hasSize(run.definition.size());
        assertThat(runs.values())
                .filteredOn(child -> child.facts.parent() != null
                        && child.facts.parent().runId().equals(run.id))
                .allSatisfy(child -> assertThat(child.status.isTerminal()).isTrue());
        run.status = ended.status();
        RunFacts.ParentTask parent = run.facts.parent();
        if (parent == null) {
            return;
        }
        SimulatedRun.Task task = runs.get(parent.runId()).tasks.get(parent.taskId());
        assertThat(task.childId).isEqualTo(run.id);
        assertThat(task.attempt).isEqualTo(parent.attempt());
        if (ended.status() == RunStatus.COMPLETED) {
            task.end(TaskStatus.COMPLETED, null, "child", now);
            told.add(new Told(parent.runId(), new RunEvent.TaskCompleted(task.id, task.attempt, "child")));
            return;
        }
        TaskErrorCode code = ended.error() != null
                ? ended.error().failure().code()
                : stop == Stop.BY_PARENT ? TaskErrorCode.CANCELLED : TaskErrorCode.CHILD_CANCELLED;
        TaskFailure failure = new TaskFailure(code, "child");
        task.end(code == TaskErrorCode.CANCELLED ? TaskStatus.CANCELLED : TaskStatus.FAILED, failure, null, now);
        told.add(new Told(parent.runId(), new RunEvent.TaskFailed(task.id, task.attempt, failure)));
    }

    /** A node begins once, and only after all that it depends on has completed or was skipped. */
    private static void assertMayBegin(SimulatedRun run, String node) {
        assertThat(run.nodes).doesNotContainKey(node);
        for (String dependency : run.definition.node(node).dependsOn()) {
            assertThat(run.nodes).as("%s before %s", dependency, node).containsKey(dependency);
            assertThat(run.outcome(dependency)).isIn(NodeProgress.Status.COMPLETED, NodeProgress.Status.SKIPPED);
            assertThat(run.tasksOf(dependency))
                    .allSatisfy(task -> assertThat(task.status.isTerminal()).isTrue());
        }
    }

    /** Marks the unfinished runs below a run, or below one of its nodes, as stopping; answers their ids. */
    List<String> stopChildren(String runId, String node) {
        List<String> stopped = new ArrayList<>();
        for (SimulatedRun child : runs.values()) {
            RunFacts.ParentTask parent = child.facts.parent();
            if (parent != null
                    && parent.runId().equals(runId)
                    && !child.status.isTerminal()
                    && (node == null
                            || runs.get(runId).tasks.get(parent.taskId()).node.equals(node))) {
                child.stop = child.stop == Stop.NONE ? Stop.BY_PARENT : child.stop;
                stopped.add(child.id);
            }
        }
        return stopped;
    }

    /** A worker claims a task: only if it is queued in this attempt, and the run is not being stopped. */
    void claim(String runId, long taskId, int attempt) {
        SimulatedRun run = runs.get(runId);
        SimulatedRun.Task task = run.tasks.get(taskId);
        if (isQueued(run, task, attempt)) {
            assertThat(task.retryAt).as("when task %d is due", taskId).isNull();
            task.status = TaskStatus.RUNNING;
        }
    }

    /** The API's transaction that makes an ended run go on from what did not complete. */
    void retry(SimulatedRun run, Instant now) {
        assertThat(run.status).isIn(RunStatus.FAILED, RunStatus.CANCELLED);
        run.status = RunStatus.RUNNING;
        run.stop = Stop.NONE;
        run.version++;
        run.facts = new RunFacts(run.facts.depth(), null, run.facts.retries() + 1, now);
        for (String key : List.copyOf(run.nodes.keySet())) {
            StoredRun.StoredNode node = run.nodes.get(key);
            if (node.status() == NodeProgress.Status.FAILED || node.status() == NodeProgress.Status.CANCELLED) {
                run.nodes.remove(key);
            } else if (node.status().isUnderWay()) {
                run.nodes.put(key, new StoredRun.StoredNode(key, NodeProgress.Status.DISPATCHED, null));
                boolean overlooks = run.definition.node(key).onElementFailure() == ElementFailurePolicy.CONTINUE;
                run.tasksOf(key).stream()
                        .filter(task ->
                                task.status == TaskStatus.CANCELLED || (task.status == TaskStatus.FAILED && !overlooks))
                        .forEach(task -> reopen(task, now));
            }
        }
    }

    private static void reopen(SimulatedRun.Task task, Instant now) {
        task.status = TaskStatus.PENDING;
        task.forgiven = task.attempt;
        task.losses = 0;
        task.deaths = 0;
        task.loneDeaths = 0;
        task.attempt++;
        task.retryAt = now;
        task.workerLost = false;
    }
}
