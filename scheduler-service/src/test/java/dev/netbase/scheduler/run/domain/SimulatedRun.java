package dev.netbase.scheduler.run.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.definition.ElementFailurePolicy;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One run's rows. */
final class SimulatedRun {
    final String id;
    final WorkflowDefinition definition;
    final Map<Long, Task> tasks = new TreeMap<>();
    final Map<String, StoredRun.StoredNode> nodes = new LinkedHashMap<>();
    RunFacts facts;
    RunStatus status = RunStatus.PENDING;
    Stop stop = Stop.NONE;
    long version;

    /** A row of a task. */
    static final class Task {
        final long id;
        final String node;
        final Integer index;
        TaskStatus status = TaskStatus.PENDING;
        int attempt = 1;
        int losses;
        int forgiven;
        int failures;
        int completions;
        Object output;
        TaskFailure failure;
        Instant finishedAt;
        Instant retryAt;
        String childId;
        boolean workerLost;

        Task(long id, String node, Integer index) {
            this.id = id;
            this.node = node;
            this.index = index;
        }

        void end(TaskStatus ended, TaskFailure why, Object result, Instant at) {
            assertThat(status).as("task %d before it ends", id).isEqualTo(TaskStatus.RUNNING);
            status = ended;
            failure = why;
            output = result;
            failures += ended == TaskStatus.FAILED ? 1 : 0;
            completions += ended == TaskStatus.COMPLETED ? 1 : 0;
            finishedAt = at;
        }

        void cancel() {
            status = TaskStatus.CANCELLED;
            failure = new TaskFailure(TaskErrorCode.CANCELLED, "cancelled");
            retryAt = null;
        }
    }

    SimulatedRun(String id, WorkflowDefinition definition, RunFacts facts) {
        this.id = id;
        this.definition = definition;
        this.facts = facts;
    }

    RunState read() {
        Map<String, List<StoredRun.StoredTask>> byNode = new HashMap<>();
        tasks.values()
                .forEach(task -> byNode.computeIfAbsent(task.node, any -> new ArrayList<>())
                        .add(new StoredRun.StoredTask(
                                task.id,
                                task.index,
                                task.status,
                                task.attempt,
                                task.losses,
                                task.forgiven,
                                task.output,
                                task.failure,
                                task.finishedAt,
                                task.retryAt)));
        return new StoredRun(id, version, status, stop, facts, Map.of(), Map.of(), List.copyOf(nodes.values()), byNode)
                .restore(definition);
    }

    boolean isStopping(Task task) {
        return stop != Stop.NONE || nodes.get(task.node).status() == NodeProgress.Status.STOPPING;
    }

    List<Task> tasksOf(String node) {
        return tasks.values().stream().filter(task -> task.node.equals(node)).toList();
    }

    /** What became of a node, from its rows alone. */
    NodeProgress.Status outcome(String key) {
        StoredRun.StoredNode row = nodes.get(key);
        if (!row.status().isUnderWay()) {
            return row.status();
        }
        boolean overlooks = definition.node(key).onElementFailure() == ElementFailurePolicy.CONTINUE;
        if (!overlooks && tasksOf(key).stream().anyMatch(task -> task.status == TaskStatus.FAILED)) {
            return NodeProgress.Status.FAILED;
        }
        return tasksOf(key).stream().anyMatch(task -> task.status == TaskStatus.CANCELLED)
                ? NodeProgress.Status.CANCELLED
                : NodeProgress.Status.COMPLETED;
    }

    /** What a run that goes on from here must never be. */
    void assertInvariants() {
        for (Task task : tasks.values()) {
            assertThat(task.completions).as("completions of task %d", task.id).isLessThanOrEqualTo(1);
            assertThat(task.failures)
                    .as("failures of task %d", task.id)
                    .isLessThanOrEqualTo(definition.node(task.node).retry().maxAttempts() * (facts.retries() + 1));
            if (nodes.get(task.node).status() == NodeProgress.Status.STOPPING) {
                assertThat(task.status).isNotEqualTo(TaskStatus.PENDING);
            }
            if (status.isTerminal()) {
                assertThat(task.status.isTerminal())
                        .as("task %d of an ended run", task.id)
                        .isTrue();
            }
        }
    }

    /** How the run must have ended, from its rows alone. */
    RunStatus rightStatus() {
        boolean failed = nodes.keySet().stream().anyMatch(key -> outcome(key) == NodeProgress.Status.FAILED);
        return switch (stop) {
            case CANCELLED, BY_PARENT -> RunStatus.CANCELLED;
            case TIMED_OUT -> RunStatus.FAILED;
            case NONE -> failed ? RunStatus.FAILED : RunStatus.COMPLETED;
        };
    }
}
