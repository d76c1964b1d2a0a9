package dev.netbase.scheduler.run.domain;

import dev.netbase.model.definition.ElementFailurePolicy;
import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.expression.Budget;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A run while a decision about it is being made: the state it had, what has changed of it, and the changes to make. */
final class RunDraft {
    private final RunState before;
    private final WorkflowDefinition definition;
    private final NodeStarter starter;
    private final LongSupplier taskIds;
    private final Map<String, NodeProgress> nodes;
    private final TaskBook tasks;
    private final Deque<String> ended = new ArrayDeque<>();
    private final List<RunChange> changes = new ArrayList<>();
    private RunStatus status;
    private Stop stop;
    private RunFacts facts;

    RunDraft(RunState before, ValueResolver resolver, Decider.Limits limits, LongSupplier taskIds) {
        this.before = before;
        this.definition = before.definition();
        this.nodes = new LinkedHashMap<>(before.nodes());
        this.tasks = new TaskBook(nodes);
        this.status = before.status();
        this.stop = before.stop();
        this.facts = before.facts();
        this.taskIds = taskIds;
        RunScope scope = new RunScope(before.inputs(), this::node, resolver, null, 0, new Budget());
        this.starter = new NodeStarter(before, scope, limits, taskIds);
    }

    TaskBook tasks() {
        return tasks;
    }

    NodeDefinition definition(TaskBook.Place place) {
        return definition.node(place.node());
    }

    /** Whether this task is to end, whatever comes. */
    boolean isStopping(TaskBook.Place place) {
        return stop != Stop.NONE || node(place.node()).status() == NodeProgress.Status.STOPPING;
    }

    void record(RunChange change) {
        changes.add(change);
    }

    void start(Instant now) {
        if (status == RunStatus.PENDING) {
            begun(now);
            if (stop != Stop.NONE) {
                stopWaiting();
            } else {
                definition.nodes().stream()
                        .filter(node -> node.dependsOn().isEmpty())
                        .forEach(node -> begin(node.key()));
            }
        }
    }

    private void begun(Instant now) {
        status = RunStatus.RUNNING;
        facts = facts.startedAt(now);
        record(new RunChange.RunStarted());
        awaitTimeout();
    }

    private void awaitTimeout() {
        Instant since = facts.since();
        if (stop == Stop.NONE && since != null) {
            definition
                    .timeout()
                    .ifPresent(most -> record(new RunChange.Awaited(since.plus(most), new RunEvent.TimeoutDue())));
        }
    }

    /** Ends a run that has begun as soon as its tasks have stopped. May be said again, for those who have not heard. */
    void stop(Stop reason) {
        stop = reason;
        record(new RunChange.StopAnnounced(stop));
        stopWaiting();
    }

    void timeOut(Instant now) {
        boolean isUp =
                before.deadline().filter(deadline -> !deadline.isAfter(now)).isPresent();
        if (isUp && status == RunStatus.RUNNING && stop == Stop.NONE) {
            stop(Stop.TIMED_OUT);
        }
    }

    private void stopWaiting() {
        TaskFailure failure = new TaskFailure(
                TaskErrorCode.CANCELLED, stop == Stop.TIMED_OUT ? "the run's time is up" : "the run was cancelled");
        for (NodeDefinition node : definition.nodes()) {
            if (node(node.key()).status() == NodeProgress.Status.WAITING) {
                endWithoutTasks(node.key(), NodeProgress.Status.CANCELLED, null, failure);
            } else if (node(node.key()).status().isUnderWay()) {
                changes.addAll(tasks.stop(node.key(), failure));
            }
        }
    }

    /** Takes up what the state implies but nobody may have decided. */
    void resume(Instant now) {
        if (status == RunStatus.PENDING) {
            return;
        }
        awaitTimeout();
        for (NodeDefinition node : definition.nodes()) {
            NodeProgress progress = node(node.key());
            if (progress.status().isUnderWay()) {
                RunChange stopped = new RunChange.NodeStopped(node.key());
                if (progress.status() == NodeProgress.Status.STOPPING && !changes.contains(stopped)) {
                    // Whoever decided it may not have lived to tell those below.
                    record(stopped);
                }
                resumeTasks(node.key());
            } else if (progress.status().isEnded()) {
                ended.add(node.key());
            } else if (node.dependsOn().isEmpty() && stop == Stop.NONE) {
                begin(node.key());
            }
        }
        if (stop != Stop.NONE) {
            stop(stop);
        }
        timeOut(now);
    }

    private void resumeTasks(String key) {
        tasks.touch(key);
        for (int i = 0; i < node(key).tasks().size(); i++) {
            TaskBook.Place place = tasks.place(key, i);
            TaskProgress task = place.task();
            if (task.retryAt() == null) {
                continue;
            }
            if (task.status() == TaskProgress.Status.RETRYING) {
                record(new RunChange.Awaited(task.retryAt(), new RunEvent.RetryDue(task.id())));
            } else if (stop == Stop.NONE && task.failure() != null) {
                tasks.retryLater(place, task.failure(), task.retryAt());
            }
        }
    }

    /** Lets everything follow that follows: nodes end, others start or are cancelled, and so on; perhaps the run ends. */
    void settle() {
        Set<String> touched = tasks.apply();
        touched.forEach(this::stopIfFailedFast);
        touched.stream()
                .filter(key -> node(key).status().isUnderWay() && node(key).open() == 0)
                .forEach(this::end);
        while (!ended.isEmpty()) {
            String key = ended.remove();
            for (String dependent : definition.dependents(key)) {
                if (node(dependent).status() == NodeProgress.Status.WAITING) {
                    follow(key, dependent);
                }
            }
        }
        changes.addAll(tasks.dispatches());
        if (status == RunStatus.RUNNING
                && nodes.values().stream().allMatch(node -> node.status().isEnded())) {
            RunChange.RunEnded end = starter.outcome(nodes, stop);
            status = end.status();
            record(end);
        }
    }

    private void stopIfFailedFast(String key) {
        NodeProgress node = node(key);
        if (stop == Stop.NONE
                && node.status() == NodeProgress.Status.DISPATCHED
                && node.open() > 0
                && definition.node(key).onElementFailure() == ElementFailurePolicy.FAIL_FAST
                && node.first(TaskProgress.Status.FAILED).isPresent()) {
            record(new RunChange.NodeStopped(key));
            nodes.put(key, node.in(NodeProgress.Status.STOPPING));
            changes.addAll(tasks.stop(key, NodeStarter.ANOTHER_FAILED));
            tasks.apply();
        }
    }

    private void follow(String key, String dependent) {
        if (!node(key).status().letsDependentsStart()) {
            endWithoutTasks(
                    dependent,
                    NodeProgress.Status.CANCELLED,
                    null,
                    new TaskFailure(TaskErrorCode.UPSTREAM_FAILED, "node '" + key + "' did not complete"));
        } else if (stop == Stop.NONE
                && definition.node(dependent).dependsOn().stream()
                        .allMatch(dependency -> node(dependency).status().letsDependentsStart())) {
            begin(dependent);
        }
    }

    private void begin(String key) {
        switch (starter.start(definition.node(key))) {
            case NodeStarter.Start.Dispatch(List<RunChange.NewTask> newTasks) -> {
                record(new RunChange.NodeDispatched(key, newTasks));
                nodes.put(
                        key,
                        NodeProgress.dispatched(
                                newTasks.stream().map(RunDraft::progress).toList()));
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
        TaskFailure failure = task.failure();
        if (failure == null) {
            return opened;
        }
        return opened.ended(
                failure.code() == TaskErrorCode.CANCELLED ? TaskProgress.Status.CANCELLED : TaskProgress.Status.FAILED,
                failure);
    }

    private void end(String key) {
        NodeProgress node = node(key);
        boolean overlooks = definition.node(key).onElementFailure() == ElementFailurePolicy.CONTINUE;
        Optional<TaskProgress> failed = overlooks ? Optional.empty() : node.first(TaskProgress.Status.FAILED);
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

    private NodeProgress node(String key) {
        return Objects.requireNonNull(nodes.get(key));
    }

    Transition transition() {
        RunState next = new RunState(
                before.runId(),
                definition,
                before.inputs(),
                before.version(),
                status,
                stop,
                facts,
                before.plans(),
                nodes);
        return new Transition(next, List.copyOf(changes));
    }
}
