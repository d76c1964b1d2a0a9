package dev.netbase.scheduler.run.domain;

import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A run while a decision about it is being made: the state it had, what has changed of it, and the changes to make. */
final class RunDraft {
    private final RunState before;
    private final WorkflowDefinition definition;
    private final NodeStarter starter;
    private final LongSupplier taskIds;
    private final Map<String, NodeProgress> nodes;
    private final Map<String, @Nullable TaskProgress[]> touched = new LinkedHashMap<>();
    private final Deque<String> ended = new ArrayDeque<>();
    private final List<RunChange> changes = new ArrayList<>();
    private RunStatus status;
    private boolean cancelling;

    /** A task within its node. */
    record Place(String node, int index, TaskProgress task) {}

    RunDraft(RunState before, ValueResolver resolver, Decider.Limits limits, LongSupplier taskIds) {
        this.before = before;
        this.definition = before.definition();
        this.nodes = new LinkedHashMap<>(before.nodes());
        this.status = before.status();
        this.cancelling = before.cancelling();
        this.taskIds = taskIds;
        RunScope scope = new RunScope(before.inputs(), this::node, resolver, null, 0);
        this.starter = new NodeStarter(before, scope, limits, taskIds);
    }

    boolean cancelling() {
        return cancelling;
    }

    NodeDefinition definition(Place place) {
        return definition.node(place.node());
    }

    void record(RunChange change) {
        changes.add(change);
    }

    /** The task, if it is open in this attempt. */
    Optional<Place> open(long taskId, int attempt) {
        return find(taskId)
                .filter(place -> place.task().status() == TaskProgress.Status.OPEN)
                .filter(place -> place.task().attempt() == attempt);
    }

    /** The task, if it waits for its next attempt. */
    Optional<Place> retrying(long taskId) {
        return find(taskId).filter(place -> place.task().status() == TaskProgress.Status.RETRYING);
    }

    private Optional<Place> find(long taskId) {
        for (Map.Entry<String, NodeProgress> entry : nodes.entrySet()) {
            NodeProgress node = entry.getValue();
            if (node.status() == NodeProgress.Status.DISPATCHED) {
                int place = node.place(taskId);
                if (place >= 0) {
                    return Optional.of(new Place(entry.getKey(), place, current(entry.getKey(), place)));
                }
            }
        }
        return Optional.empty();
    }

    private TaskProgress current(String key, int place) {
        @Nullable TaskProgress[] changed = touched.get(key);
        TaskProgress task = changed == null ? null : changed[place];
        return task == null ? node(key).tasks().get(place) : task;
    }

    void update(Place place, TaskProgress task) {
        int size = node(place.node()).tasks().size();
        @Nullable TaskProgress[] changed = touched.computeIfAbsent(place.node(), key -> new TaskProgress[size]);
        changed[place.index()] = task;
    }

    /**
     * Lets a task run again.
     *
     * @param suspicion what its lost worker says about it; null if its attempt failed by itself
     */
    void redispatch(Place place, RunEvent.@Nullable Suspicion suspicion) {
        TaskProgress task = suspicion == null
                ? place.task().reopened(false)
                : place.task().suspected(suspicion).reopened(true);
        update(place, task);
        record(new RunChange.TaskRedispatched(
                place.node(), place.task().id(), place.task().attempt(), suspicion));
    }

    void start() {
        if (status == RunStatus.PENDING) {
            status = RunStatus.RUNNING;
            record(new RunChange.RunStarted());
            if (cancelling) {
                cancelWaiting();
            } else {
                definition.nodes().stream()
                        .filter(node -> node.dependsOn().isEmpty())
                        .forEach(node -> begin(node.key()));
            }
        }
    }

    void cancel() {
        cancelling = true;
        record(new RunChange.CancelAnnounced());
        cancelWaiting();
    }

    private void cancelWaiting() {
        TaskFailure failure = new TaskFailure(TaskErrorCode.CANCELLED, "the run was cancelled");
        for (NodeDefinition node : definition.nodes()) {
            if (node(node.key()).status() == NodeProgress.Status.WAITING) {
                endWithoutTasks(node.key(), NodeProgress.Status.CANCELLED, null, failure);
            } else if (node(node.key()).status() == NodeProgress.Status.DISPATCHED) {
                cancelRetrying(node.key(), failure);
            }
        }
        if (status == RunStatus.PENDING) {
            status = RunStatus.RUNNING;
            record(new RunChange.RunStarted());
        }
    }

    private void cancelRetrying(String key, TaskFailure failure) {
        for (int i = 0; i < node(key).tasks().size(); i++) {
            TaskProgress task = current(key, i);
            if (task.status() == TaskProgress.Status.RETRYING) {
                update(new Place(key, i, task), task.ended(TaskProgress.Status.CANCELLED, failure));
                record(new RunChange.RetryCancelled(task.id(), task.attempt()));
            }
        }
    }

    /** Takes up what the state implies but nobody may have decided. */
    void resume() {
        if (status == RunStatus.PENDING) {
            return;
        }
        for (NodeDefinition node : definition.nodes()) {
            NodeProgress progress = node(node.key());
            if (progress.status() == NodeProgress.Status.DISPATCHED) {
                touched.computeIfAbsent(
                        node.key(), key -> new TaskProgress[progress.tasks().size()]);
                for (TaskProgress task : progress.tasks()) {
                    if (task.retryAt() != null) {
                        record(new RunChange.RetryScheduled(task.id(), task.retryAt()));
                    }
                }
            } else if (progress.status().isEnded()) {
                ended.add(node.key());
            } else if (node.dependsOn().isEmpty() && !cancelling) {
                begin(node.key());
            }
        }
        if (cancelling) {
            cancelWaiting();
        }
    }

    /** Lets everything follow that follows: nodes end, others start or are cancelled, and so on; perhaps the run ends. */
    void settle() {
        touched.forEach((key, changed) -> nodes.put(key, node(key).with(changed)));
        List<String> finished = touched.keySet().stream()
                .filter(key -> node(key).status() == NodeProgress.Status.DISPATCHED
                        && node(key).open() == 0)
                .toList();
        touched.clear();
        finished.forEach(this::end);
        while (!ended.isEmpty()) {
            String key = ended.remove();
            for (String dependent : definition.dependents(key)) {
                if (node(dependent).status() == NodeProgress.Status.WAITING) {
                    follow(key, dependent);
                }
            }
        }
        if (status == RunStatus.RUNNING
                && nodes.values().stream().allMatch(node -> node.status().isEnded())) {
            RunChange.RunEnded end =
                    cancelling ? new RunChange.RunEnded(RunStatus.CANCELLED, null, null) : starter.outcome(nodes);
            status = end.status();
            record(end);
        }
    }

    private void follow(String key, String dependent) {
        if (!node(key).status().letsDependentsStart()) {
            endWithoutTasks(
                    dependent,
                    NodeProgress.Status.CANCELLED,
                    null,
                    new TaskFailure(TaskErrorCode.UPSTREAM_FAILED, "node '" + key + "' did not complete"));
        } else if (!cancelling
                && definition.node(dependent).dependsOn().stream()
                        .allMatch(dependency -> node(dependency).status().letsDependentsStart())) {
            begin(dependent);
        }
    }

    private void begin(String key) {
        switch (starter.start(definition.node(key))) {
            case NodeStarter.Start.Dispatch(List<RunChange.NewTask> tasks) -> {
                record(new RunChange.NodeDispatched(key, tasks));
                nodes.put(
                        key,
                        NodeProgress.dispatched(
                                tasks.stream().map(RunDraft::progress).toList()));
                if (node(key).open() == 0) {
                    end(key);
                }
            }
            case NodeStarter.Start.Skip() -> endWithoutTasks(key, NodeProgress.Status.SKIPPED, null, null);
            case NodeStarter.Start.Nothing() -> endWithoutTasks(key, NodeProgress.Status.COMPLETED, List.of(), null);
            case NodeStarter.Start.Fail(TaskFailure failure) ->
                endWithoutTasks(key, NodeProgress.Status.FAILED, null, failure);
        }
    }

    private static TaskProgress progress(RunChange.NewTask task) {
        TaskProgress opened = TaskProgress.opened(task.id(), task.index());
        return task.failure() == null ? opened : opened.ended(TaskProgress.Status.FAILED, task.failure());
    }

    private void end(String key) {
        NodeProgress node = node(key);
        Optional<TaskProgress> failed = node.first(TaskProgress.Status.FAILED);
        Optional<TaskProgress> cancelled = node.first(TaskProgress.Status.CANCELLED);
        NodeProgress after;
        if (failed.isPresent()) {
            after = node.ended(NodeProgress.Status.FAILED, null, failed.get().failure());
        } else if (cancelled.isPresent()) {
            after = node.ended(
                    NodeProgress.Status.CANCELLED, null, cancelled.get().failure());
        } else {
            Object output = definition.node(key).forEach().isPresent()
                    ? node.outputs()
                    : node.tasks().getFirst().output();
            after = node.ended(NodeProgress.Status.COMPLETED, output, null);
        }
        nodes.put(key, after);
        ended.add(key);
    }

    private void endWithoutTasks(
            String key, NodeProgress.Status how, @Nullable Object output, @Nullable TaskFailure failure) {
        long rowId = how == NodeProgress.Status.COMPLETED ? 0 : taskIds.getAsLong();
        record(new RunChange.NodeEndedWithoutTasks(key, how, rowId, failure));
        nodes.put(key, node(key).ended(how, output, failure));
        ended.add(key);
    }

    NodeProgress node(String key) {
        return Objects.requireNonNull(nodes.get(key));
    }

    Transition transition() {
        RunState next = new RunState(
                before.runId(),
                definition,
                before.inputs(),
                before.version(),
                status,
                cancelling,
                before.plans(),
                nodes);
        return new Transition(next, List.copyOf(changes));
    }
}
