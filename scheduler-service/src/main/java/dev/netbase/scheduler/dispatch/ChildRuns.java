package dev.netbase.scheduler.dispatch;

import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.message.RunRequest;
import dev.netbase.model.message.TaskEvent;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import dev.netbase.model.topic.Topics;
import dev.netbase.model.trace.TraceParent;
import dev.netbase.scheduler.outbox.OutboxRecord;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.domain.NodePlan;
import dev.netbase.scheduler.run.domain.RunChange;
import dev.netbase.scheduler.run.domain.RunFacts;
import dev.netbase.scheduler.run.domain.Stop;
import dev.netbase.scheduler.run.domain.TaskFailure;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one run's advance does to runs below and above it. A task that is a run of another workflow is RUNNING from the
 * start and no worker's; the end of that run ends the task as a worker would: row and event.
 */
final class ChildRuns {
    private final ActiveRun run;
    private final Instant now;
    private final List<AdvanceExtras.ChildTaskRow> tasks = new ArrayList<>();
    private final List<AdvanceExtras.ChildRunRow> runs = new ArrayList<>();
    private final List<OutboxRecord> records = new ArrayList<>();
    private AdvanceExtras.@Nullable ParentTaskRow parentTask;

    ChildRuns(ActiveRun run, Instant now) {
        this.run = run;
        this.now = now;
    }

    List<AdvanceExtras.ChildTaskRow> tasks() {
        return tasks;
    }

    List<AdvanceExtras.ChildRunRow> runs() {
        return runs;
    }

    List<OutboxRecord> records() {
        return records;
    }

    AdvanceExtras.@Nullable ParentTaskRow parentTask() {
        return parentTask;
    }

    /** Makes the task and its run. */
    void dispatch(String node, NodePlan.SubWorkflow plan, RunChange.NewTask task, String inputs) {
        String childId = start(node, task.index(), plan, task.id(), 1, inputs);
        tasks.add(new AdvanceExtras.ChildTaskRow(task.id(), node, task.index(), inputs, childId));
    }

    /** Makes the run of a task's attempt; answers its id. */
    String start(
            String node, @Nullable Integer index, NodePlan.SubWorkflow plan, long taskId, int attempt, String inputs) {
        String childId = Ids.timeOrdered(now.toEpochMilli());
        Map<String, @Nullable Object> trigger = new LinkedHashMap<>();
        trigger.put("type", "workflow");
        trigger.put("run_id", run.id());
        trigger.put("workflow", run.workflow());
        trigger.put("node", node);
        if (run.traceparent() != null) {
            trigger.put(TraceParent.HEADER, run.traceparent());
        }
        if (index != null) {
            trigger.put("index", index);
        }
        trigger.put("task_instance_id", taskId);
        trigger.put("attempt", attempt);
        runs.add(new AdvanceExtras.ChildRunRow(
                childId, taskId, attempt, node, index, plan.workflowId(), plan.version(), inputs, Json.write(trigger)));
        records.add(new OutboxRecord(
                Ids.timeOrdered(now.toEpochMilli()),
                Topics.RUN_REQUESTS,
                childId,
                Json.writeBytes(new RunRequest(RunRequest.SCHEMA, RunRequest.Type.RUN_REQUESTED, childId)),
                Map.of("content-type", "application/json")));
        return childId;
    }

    /**
     * Ends the task that the run is an attempt of, if it is one.
     *
     * @param output the run's output as JSON, or a reference to it; null unless it completed
     */
    void end(RunChange.RunEnded ended, Stop stop, @Nullable String output) {
        RunFacts.ParentTask parent = run.state().facts().parent();
        if (parent == null) {
            return;
        }
        TaskFailure failure = failure(ended, stop);
        TaskStatus status = failure == null
                ? TaskStatus.COMPLETED
                : failure.code() == TaskErrorCode.CANCELLED ? TaskStatus.CANCELLED : TaskStatus.FAILED;
        parentTask = new AdvanceExtras.ParentTaskRow(
                parent.runId(),
                parent.taskId(),
                parent.attempt(),
                status.name(),
                output,
                failure == null ? null : failure.code().name(),
                failure == null ? null : failure.message());
        TaskEvent event = new TaskEvent(
                TaskEvent.SCHEMA,
                failure == null ? TaskEvent.Type.TASK_COMPLETED : TaskEvent.Type.TASK_FAILED,
                parent.taskId() + "-" + parent.attempt(),
                parent.runId(),
                run.id(),
                parent.taskId(),
                parent.attempt(),
                output == null ? null : Json.parse(output),
                failure == null ? null : new TaskEvent.TaskError(failure.code(), failure.message()));
        records.add(new OutboxRecord(
                Ids.timeOrdered(now.toEpochMilli()),
                Topics.TASK_EVENTS,
                parent.runId(),
                Json.writeBytes(event),
                Map.of("content-type", "application/json")));
    }

    private @Nullable TaskFailure failure(RunChange.RunEnded ended, Stop stop) {
        if (ended.status() == RunStatus.COMPLETED) {
            return null;
        }
        String which = "run " + run.id() + " of workflow '" + run.workflow() + "'";
        if (ended.error() == null) {
            return stop == Stop.BY_PARENT
                    ? new TaskFailure(TaskErrorCode.CANCELLED, which + " was cancelled with this one")
                    : new TaskFailure(TaskErrorCode.CHILD_CANCELLED, which + " was cancelled");
        }
        TaskFailure reason = Objects.requireNonNull(ended.error()).failure();
        String node =
                ended.error().node() == null ? "" : "node '" + ended.error().node() + "': ";
        return new TaskFailure(reason.code(), which + " failed: " + node + reason.message());
    }
}
