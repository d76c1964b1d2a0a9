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
        boolean cancelling,
        @Nullable Object inputs,
        Map<String, NodePlan> plans,
        List<StoredNode> nodes,
        Map<String, List<StoredTask>> tasks) {

    /** A row of a node. {@code status} is {@code DISPATCHED} for one whose tasks tell the rest. */
    public record StoredNode(
            String key,
            NodeProgress.Status status,
            @Nullable TaskFailure failure) {}

    /** A row of a task. */
    public record StoredTask(
            long id,
            @Nullable Integer index,
            TaskStatus status,
            int attempt,
            int losses,
            int deaths,
            int loneDeaths,
            @Nullable Object output,
            @Nullable Object artifacts,
            @Nullable TaskFailure failure,
            @Nullable Instant finishedAt) {}

    /** The state that these rows amount to. */
    public RunState restore(WorkflowDefinition definition) {
        Map<String, NodeProgress> progress = new LinkedHashMap<>();
        definition.nodes().forEach(node -> progress.put(node.key(), NodeProgress.WAITING));
        for (StoredNode node : nodes) {
            progress.put(
                    node.key(),
                    node.status() == NodeProgress.Status.DISPATCHED
                            ? dispatched(definition.node(node.key()))
                            : NodeProgress.WAITING.ended(
                                    node.status(),
                                    node.status() == NodeProgress.Status.COMPLETED ? List.of() : null,
                                    node.failure()));
        }
        return new RunState(runId, definition, inputs, version, status, cancelling, plans, progress);
    }

    private NodeProgress dispatched(NodeDefinition node) {
        List<TaskProgress> restored = new ArrayList<>();
        for (StoredTask task : tasks.getOrDefault(node.key(), List.of())) {
            restored.add(restore(node, task));
        }
        return NodeProgress.dispatched(restored);
    }

    private TaskProgress restore(NodeDefinition node, StoredTask task) {
        TaskProgress open = new TaskProgress(
                task.id(),
                task.index(),
                task.attempt(),
                task.losses(),
                task.deaths(),
                task.loneDeaths(),
                TaskProgress.Status.OPEN,
                null,
                null,
                null,
                null);
        return switch (task.status()) {
            case PENDING, RUNNING -> open;
            case COMPLETED -> open.completed(task.output(), task.artifacts());
            case CANCELLED -> open.ended(TaskProgress.Status.CANCELLED, failure(task));
            case FAILED, SKIPPED -> {
                Optional<Instant> retryAt = cancelling || task.finishedAt() == null
                        ? Optional.empty()
                        : Decider.retryAt(node, open, failure(task).code(), task.finishedAt());
                yield retryAt.isPresent()
                        ? open.retrying(failure(task), retryAt.get())
                        : open.ended(TaskProgress.Status.FAILED, failure(task));
            }
        };
    }

    private static TaskFailure failure(StoredTask task) {
        return task.failure() == null ? new TaskFailure(TaskErrorCode.HOST_ERROR, "no reason kept") : task.failure();
    }
}
