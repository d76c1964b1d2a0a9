package dev.netbase.scheduler.run.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One run's rows, with the conditions under which schedulers and workers change them, and checks on every change. */
final class SimulatedDatabase {
    final WorkflowDefinition definition;
    final Map<Long, Task> tasks = new TreeMap<>();
    final Map<String, StoredRun.StoredNode> nodes = new LinkedHashMap<>();
    RunStatus status = RunStatus.PENDING;
    boolean cancelling;
    long version;

    /** A row of a task. */
    static final class Task {
        final long id;
        final String node;
        final Integer index;
        TaskStatus status = TaskStatus.PENDING;
        int attempt = 1;
        int losses;
        int deaths;
        int loneDeaths;
        RunEvent.Suspicion suspicion = RunEvent.Suspicion.NONE;
        int failures;
        Object output;
        TaskFailure failure;
        Instant finishedAt;
        boolean workerLost;

        Task(long id, String node, Integer index) {
            this.id = id;
            this.node = node;
            this.index = index;
        }
    }

    SimulatedDatabase(WorkflowDefinition definition) {
        this.definition = definition;
    }

    RunState read() {
        Map<String, List<StoredRun.StoredTask>> byNode = new HashMap<>();
        tasks.values().stream()
                .sorted(Comparator.comparingLong(task -> task.id))
                .forEach(task -> byNode.computeIfAbsent(task.node, any -> new ArrayList<>())
                        .add(new StoredRun.StoredTask(
                                task.id,
                                task.index,
                                task.status,
                                task.attempt,
                                task.losses,
                                task.deaths,
                                task.loneDeaths,
                                task.output,
                                null,
                                task.failure,
                                task.finishedAt)));
        return new StoredRun(
                        "run", version, status, cancelling, Map.of(), Map.of(), List.copyOf(nodes.values()), byNode)
                .restore(definition);
    }

    /** Writes an advance, unless the run is no longer as it was when that was decided. */
    boolean write(RunState before, Transition transition) {
        boolean endsOtherwise =
                transition.next().status().isTerminal() && transition.next().status() != RunStatus.CANCELLED;
        if (before.version() != version || status.isTerminal() || (cancelling && endsOtherwise)) {
            return false;
        }
        version++;
        for (RunChange change : transition.changes()) {
            apply(change);
        }
        return true;
    }

    private void apply(RunChange change) {
        switch (change) {
            case RunChange.RunStarted() -> {
                assertThat(status).isEqualTo(RunStatus.PENDING);
                status = RunStatus.RUNNING;
            }
            case RunChange.NodeDispatched(String node, List<RunChange.NewTask> newTasks) -> {
                assertMayBegin(node);
                nodes.put(node, new StoredRun.StoredNode(node, NodeProgress.Status.DISPATCHED, null));
                assertThat(newTasks).isNotEmpty();
                newTasks.forEach(task -> assertThat(tasks.put(task.id(), new Task(task.id(), node, task.index())))
                        .isNull());
            }
            case RunChange.NodeEndedWithoutTasks ended -> {
                assertThat(nodes).doesNotContainKey(ended.node());
                if (ended.status() == NodeProgress.Status.COMPLETED) {
                    assertMayBegin(ended.node());
                }
                nodes.put(ended.node(), new StoredRun.StoredNode(ended.node(), ended.status(), ended.failure()));
            }
            case RunChange.TaskRedispatched(String node, long taskId, int attempt, RunEvent.Suspicion suspicion) -> {
                Task task = tasks.get(taskId);
                assertThat(task.attempt).isEqualTo(attempt);
                assertThat(task.status).isIn(TaskStatus.RUNNING, TaskStatus.FAILED);
                task.attempt++;
                task.losses += suspicion == null ? 0 : 1;
                task.deaths += suspicion == null || suspicion == RunEvent.Suspicion.NONE ? 0 : 1;
                task.loneDeaths += suspicion == RunEvent.Suspicion.ALONE ? 1 : 0;
                assertThat(task.loneDeaths).isLessThan(Decider.MAX_LONE_DEATHS);
                task.status = TaskStatus.PENDING;
                task.failure = null;
                task.finishedAt = null;
                task.workerLost = false;
            }
            case RunChange.TaskGivenUp(long taskId, int attempt, TaskFailure failure) -> {
                Task task = tasks.get(taskId);
                assertThat(task.attempt).isEqualTo(attempt);
                assertThat(task.workerLost).isTrue();
                assertThat(task.suspicion).isEqualTo(RunEvent.Suspicion.ALONE);
                assertThat(task.loneDeaths).isEqualTo(Decider.MAX_LONE_DEATHS - 1);
                assertThat(failure.code()).isEqualTo(TaskErrorCode.WORKER_LOST);
                task.status = TaskStatus.FAILED;
                task.failure = failure;
                task.finishedAt = Instant.EPOCH;
            }
            case RunChange.RetryCancelled(long taskId, int attempt) -> {
                Task task = tasks.get(taskId);
                assertThat(task.status).isIn(TaskStatus.RUNNING, TaskStatus.FAILED);
                task.status = TaskStatus.CANCELLED;
                task.failure = new TaskFailure(TaskErrorCode.CANCELLED, "cancelled");
            }
            case RunChange.RetryScheduled timer -> {}
            case RunChange.CancelAnnounced() ->
                tasks.values().stream()
                        .filter(task -> task.status == TaskStatus.PENDING)
                        .forEach(task -> {
                            task.status = TaskStatus.CANCELLED;
                            task.failure = new TaskFailure(TaskErrorCode.CANCELLED, "cancelled");
                        });
            case RunChange.RunEnded ended -> {
                assertThat(status).isEqualTo(RunStatus.RUNNING);
                assertThat(tasks.values())
                        .allSatisfy(task -> assertThat(task.status.isTerminal()).isTrue());
                assertThat(nodes).hasSize(definition.size());
                status = ended.status();
            }
        }
    }

    /** A node begins once, and only after all that it depends on has completed or was skipped. */
    private void assertMayBegin(String node) {
        assertThat(nodes).doesNotContainKey(node);
        for (String dependency : definition.node(node).dependsOn()) {
            StoredRun.StoredNode row = nodes.get(dependency);
            assertThat(row).as("%s before %s", dependency, node).isNotNull();
            if (row.status() == NodeProgress.Status.DISPATCHED) {
                assertThat(tasks.values())
                        .filteredOn(task -> task.node.equals(dependency))
                        .allSatisfy(task -> assertThat(task.status).isEqualTo(TaskStatus.COMPLETED));
            } else {
                assertThat(row.status()).isIn(NodeProgress.Status.COMPLETED, NodeProgress.Status.SKIPPED);
            }
        }
    }

    /** A worker claims a task: only if it is queued in this attempt, and the run is not being cancelled. */
    boolean claim(long taskId, int attempt) {
        Task task = tasks.get(taskId);
        if (task.status != TaskStatus.PENDING || task.attempt != attempt || cancelling || status.isTerminal()) {
            return false;
        }
        task.status = TaskStatus.RUNNING;
        return true;
    }
}
