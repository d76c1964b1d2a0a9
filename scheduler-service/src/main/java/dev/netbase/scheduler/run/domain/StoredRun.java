package dev.netbase.scheduler.run.domain;

import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run as the database has it. The tasks' rows are the truth: what they imply and nobody has decided yet follows from
 * {@link RunEvent.Resumed} on the state they restore.
 *
 * @param nodes the nodes that have been decided
 * @param tasks by node, in ascending order of ids
 */
public record StoredRun(
        String runId,
        long version,
        RunStatus status,
        Stop stop,
        RunFacts facts,
        @Nullable Object inputs,
        Map<String, NodePlan> plans,
        List<StoredNode> nodes,
        Map<String, List<StoredTask>> tasks) {

    /** A row of a node. {@code status} is {@code DISPATCHED} or {@code STOPPING} for one whose tasks tell the rest. */
    public record StoredNode(
            String key,
            NodeProgress.Status status,
            @Nullable TaskFailure failure) {}

    /**
     * A row of a task.
     *
     * @param retryAt when the attempt of a PENDING task that waits is due
     */
    public record StoredTask(
            long id,
            @Nullable Integer index,
            TaskStatus status,
            int attempt,
            int losses,
            int forgiven,
            @Nullable Object output,
            @Nullable TaskFailure failure,
            @Nullable Instant finishedAt,
            @Nullable Instant retryAt) {}

    /** The state that these rows amount to. */
    public RunState restore(WorkflowDefinition definition) {
        Map<String, NodeProgress> progress = new LinkedHashMap<>();
        definition.nodes().forEach(node -> progress.put(node.key(), NodeProgress.WAITING));
        for (StoredNode node : nodes) {
            progress.put(
                    node.key(),
                    node.status().isUnderWay()
                            ? underWay(definition.node(node.key()), node.status())
                            : NodeProgress.WAITING.ended(
                                    node.status(),
                                    node.status() == NodeProgress.Status.COMPLETED ? List.of() : null,
                                    node.failure()));
        }
        return new RunState(runId, definition, inputs, version, status, stop, facts, plans, progress);
    }

    private NodeProgress underWay(NodeDefinition node, NodeProgress.Status status) {
        boolean mayRetry = stop == Stop.NONE && status == NodeProgress.Status.DISPATCHED;
        List<TaskProgress> restored = new ArrayList<>();
        for (StoredTask task : tasks.getOrDefault(node.key(), List.of())) {
            restored.add(restore(node, task, mayRetry));
        }
        return NodeProgress.dispatched(restored).in(status);
    }

    private static TaskProgress restore(NodeDefinition node, StoredTask task, boolean mayRetry) {
        TaskProgress open = new TaskProgress(
                task.id(),
                task.index(),
                task.attempt(),
                task.losses(),
                task.forgiven(),
                TaskProgress.Status.OPEN,
                null,
                null,
                null);
        return switch (task.status()) {
            case PENDING -> task.retryAt() == null ? open : open.waiting(task.failure(), task.retryAt());
            case RUNNING -> open;
            case COMPLETED -> open.completed(task.output());
            case CANCELLED -> open.ended(TaskProgress.Status.CANCELLED, failure(task));
            case FAILED, SKIPPED -> {
                Optional<Instant> retryAt = mayRetry && task.finishedAt() != null
                        ? Decider.retryAt(node, open, failure(task).code(), task.finishedAt())
                        : Optional.empty();
                yield retryAt.isPresent()
                        ? open.undecided(failure(task), retryAt.get())
                        : open.ended(TaskProgress.Status.FAILED, failure(task));
            }
        };
    }

    private static TaskFailure failure(StoredTask task) {
        return task.failure() == null ? new TaskFailure(TaskErrorCode.HOST_ERROR, "no reason kept") : task.failure();
    }
}
