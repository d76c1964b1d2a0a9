package dev.netbase.scheduler.dispatch;

import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.json.Json;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import dev.netbase.scheduler.outbox.OutboxRecord;
import dev.netbase.scheduler.platform.SchedulerConfig;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.application.SpecInfo;
import dev.netbase.scheduler.run.application.StopReasons;
import dev.netbase.scheduler.run.application.StoredPlans;
import dev.netbase.scheduler.run.domain.NodePlan;
import dev.netbase.scheduler.run.domain.NodeProgress;
import dev.netbase.scheduler.run.domain.RunChange;
import dev.netbase.scheduler.run.domain.Stop;
import dev.netbase.scheduler.run.domain.TaskFailure;
import dev.netbase.scheduler.run.domain.TaskProgress;
import dev.netbase.scheduler.run.domain.Transition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@code dispatch_task_group}, first half: turns one run's transition into rows and records. */
final class AdvanceAssembler {
    private final ActiveRun before;
    private final ActiveRun next;
    private final Transition transition;
    private final Map<Long, String> inputsOfRedispatched;
    private final ValueReferences values;
    private final Instant now;
    private final WorkerTasks workerTasks;
    private final ChildRuns children;

    private final List<AdvanceRows.NodeRow> nodes = new ArrayList<>();
    private final List<AdvanceRows.TaskRow> tasks = new ArrayList<>();
    private final List<RunChange.TaskRedispatched> redispatched = new ArrayList<>();
    private final Map<Long, String> childOfRedispatched = new HashMap<>();
    private final List<AdvanceRows.CancelledRow> cancelled = new ArrayList<>();
    private final List<AdvanceExtras.GivenUpRow> givenUp = new ArrayList<>();
    private final List<AdvanceExtras.WaitingRow> waiting = new ArrayList<>();
    private final List<String> stoppedNodes = new ArrayList<>();
    private final List<OutboxRecord> records = new ArrayList<>();
    private boolean started;
    private boolean withdraw;
    private @Nullable String output;
    private RunChange.@Nullable RunEnded end;

    AdvanceAssembler(
            ActiveRun before,
            Transition transition,
            Map<Long, SpecInfo> specs,
            Map<Long, String> inputsOfRedispatched,
            ValueReferences values,
            SchedulerConfig config,
            @Nullable String hintChannel,
            Instant now) {
        this.before = before;
        this.next = before.with(transition.next());
        this.transition = transition;
        this.inputsOfRedispatched = inputsOfRedispatched;
        this.values = values;
        this.now = now;
        this.workerTasks = new WorkerTasks(before, specs, config, hintChannel, now);
        this.children = new ChildRuns(before, now);
    }

    /**
     * The rows and records.
     *
     * @param traceparent the trace that the records belong to, or null
     * @throws UncheckedIOException if a large value cannot be stored
     */
    AdvanceRows assemble(@Nullable String traceparent) {
        transition.changes().forEach(this::take);
        List<GroupPacker.Packed> groups = workerTasks.groups();
        Map<Long, String> groupOf = new HashMap<>();
        groups.forEach(group -> group.taskIds().forEach(id -> groupOf.put(id, group.groupId())));
        groups.forEach(group -> records.add(group.record()));
        records.addAll(children.records());
        return new AdvanceRows(
                before.with(transition.next().advanced()),
                runRow(),
                nodes,
                tasks.stream().map(task -> task.inGroup(groupOf.get(task.id()))).toList(),
                redispatched.stream()
                        .map(task -> new AdvanceRows.RedispatchRow(
                                task.taskId(),
                                task.attempt(),
                                task.reason(),
                                groupOf.get(task.taskId()),
                                childOfRedispatched.get(task.taskId())))
                        .toList(),
                cancelled,
                withdraw,
                records.stream().map(record -> record.inTrace(traceparent)).toList(),
                new AdvanceExtras(
                        waiting, stoppedNodes, children.tasks(), children.runs(), children.parentTask(), givenUp));
    }

    private void take(RunChange change) {
        switch (change) {
            case RunChange.RunStarted() -> {
                started = true;
                records.add(RunEventRecords.lifeCycle(next, "RUN_STARTED", now, null));
            }
            case RunChange.NodeDispatched(String node, List<RunChange.NewTask> newTasks) -> dispatch(node, newTasks);
            case RunChange.NodeEndedWithoutTasks node -> endWithoutTasks(node);
            case RunChange.TaskRedispatched task -> redispatch(task);
            case RunChange.RetryScheduled(long taskId, int attempt, Instant at) ->
                waiting.add(new AdvanceExtras.WaitingRow(taskId, attempt, at));
            case RunChange.Awaited timer -> {}
            case RunChange.NodeStopped(String node) -> {
                stoppedNodes.add(node);
                records.add(RunEventRecords.stopTasks(before.id(), now));
            }
            case RunChange.StopAnnounced(Stop reason) -> {
                withdraw = true;
                records.add(RunEventRecords.cancel(before.id(), now));
            }
            case RunChange.TaskGivenUp(long taskId, int attempt, TaskFailure failure) ->
                givenUp.add(new AdvanceExtras.GivenUpRow(
                        taskId, attempt, failure.code().name(), printable(failure.message())));
            case RunChange.LostTaskCancelled(long taskId, int attempt) ->
                cancelled.add(new AdvanceRows.CancelledRow(taskId, attempt));
            case RunChange.RunEnded ended -> end(ended);
        }
    }

    private void end(RunChange.RunEnded ended) {
        end = ended;
        int maxBytes =
                before.state().facts().parent() == null ? ValueReferences.INLINE_BYTES : ValueReferences.ELEMENT_BYTES;
        output = ended.status() == RunStatus.COMPLETED ? inline(Json.write(ended.output()), maxBytes) : null;
        records.add(RunEventRecords.lifeCycle(next, "RUN_" + ended.status(), now, error(ended)));
        children.end(ended, transition.next().stop(), output);
    }

    private void dispatch(String node, List<RunChange.NewTask> newTasks) {
        NodeDefinition definition = before.state().definition().node(node);
        nodes.add(new AdvanceRows.NodeRow(
                node,
                NodeProgress.Status.DISPATCHED.name(),
                newTasks.size(),
                null,
                definition.forEach().isPresent() ? definition.onElementFailure().key() : null));
        switch (plan(node)) {
            case NodePlan.Agent agent -> dispatchToWorkers(node, newTasks, workerTasks.spec(agent));
            case NodePlan.SubWorkflow plan -> {
                for (RunChange.NewTask task : newTasks) {
                    if (task.failure() == null) {
                        children.dispatch(node, plan, task, inline(Json.write(task.inputs())));
                    } else {
                        tasks.add(row(node, task, null, null, null));
                    }
                }
            }
        }
    }

    private void dispatchToWorkers(String node, List<RunChange.NewTask> newTasks, SpecInfo spec) {
        long timeoutMs = workerTasks.timeoutMs(node, spec);
        for (RunChange.NewTask task : newTasks) {
            String inputs = null;
            if (task.failure() == null) {
                inputs = inline(Json.write(task.inputs()));
                workerTasks.add(task.id(), 1, node, task.index(), spec, inputs, 0);
            }
            tasks.add(row(node, task, spec.id(), timeoutMs, inputs));
        }
    }

    private static AdvanceRows.TaskRow row(
            String node,
            RunChange.NewTask task,
            @Nullable Long specId,
            @Nullable Long timeoutMs,
            @Nullable String inputs) {
        TaskFailure failure = task.failure();
        TaskStatus status = failure == null
                ? TaskStatus.PENDING
                : failure.code() == TaskErrorCode.CANCELLED ? TaskStatus.CANCELLED : TaskStatus.FAILED;
        return new AdvanceRows.TaskRow(
                task.id(),
                node,
                task.index(),
                status.name(),
                1,
                null,
                specId,
                timeoutMs,
                inputs,
                failure == null ? null : failure.code().name(),
                failure == null ? null : printable(failure.message()),
                task.files().isEmpty() ? null : Json.write(task.files()));
    }

    private void redispatch(RunChange.TaskRedispatched task) {
        Optional<TaskProgress> progress = transition.next().node(task.node()).tasks().stream()
                .filter(one -> one.id() == task.taskId())
                .findFirst();
        Integer index = progress.map(TaskProgress::index).orElse(null);
        String inputs = inputsOfRedispatched.getOrDefault(task.taskId(), "null");
        switch (plan(task.node())) {
            case NodePlan.SubWorkflow plan ->
                childOfRedispatched.put(
                        task.taskId(),
                        children.start(task.node(), index, plan, task.taskId(), task.nextAttempt(), inputs));
            case NodePlan.Agent agent ->
                workerTasks.add(
                        task.taskId(),
                        task.nextAttempt(),
                        task.node(),
                        index,
                        workerTasks.spec(agent),
                        inputs,
                        progress.map(TaskProgress::deaths).orElse(0));
        }
        redispatched.add(task);
    }

    private void endWithoutTasks(RunChange.NodeEndedWithoutTasks ended) {
        TaskFailure failure = ended.failure();
        nodes.add(new AdvanceRows.NodeRow(
                ended.node(),
                ended.status().name(),
                0,
                failure == null ? null : Json.write(error(failure, null)),
                null));
        if (ended.taskId() != 0) {
            tasks.add(new AdvanceRows.TaskRow(
                    ended.taskId(),
                    ended.node(),
                    null,
                    ended.status().name(),
                    0,
                    null,
                    before.state().plans().get(ended.node()) instanceof NodePlan.Agent agent ? agent.specId() : null,
                    null,
                    null,
                    failure == null ? null : failure.code().name(),
                    failure == null ? null : printable(failure.message()),
                    null));
        }
    }

    private AdvanceRows.RunRow runRow() {
        Map<String, @Nullable Object> error = end == null ? null : error(end);
        return new AdvanceRows.RunRow(
                before.id(),
                before.state().version(),
                end != null || started ? transition.next().status().name() : null,
                started,
                end != null,
                output,
                error == null ? null : Json.write(error),
                started ? Json.write(StoredPlans.write(before.state().plans())) : null,
                StopReasons.write(transition.next().stop()));
    }

    private static @Nullable Map<String, @Nullable Object> error(RunChange.RunEnded ended) {
        return ended.error() == null
                ? null
                : error(ended.error().failure(), ended.error().node());
    }

    private static Map<String, @Nullable Object> error(TaskFailure failure, @Nullable String node) {
        Map<String, @Nullable Object> error = new LinkedHashMap<>();
        error.put("code", failure.code().name());
        error.put("message", failure.message());
        if (node != null) {
            error.put("node", node);
        }
        return error;
    }

    private NodePlan plan(String node) {
        return Objects.requireNonNull(before.state().plans().get(node));
    }

    private String inline(String json) {
        return inline(json, ValueReferences.INLINE_BYTES);
    }

    private String inline(String json, int maxBytes) {
        try {
            return values.inlineOrStore(json, maxBytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** PostgreSQL's text has no NUL. */
    private static String printable(String message) {
        return message.replace('\0', '\uFFFD');
    }
}
