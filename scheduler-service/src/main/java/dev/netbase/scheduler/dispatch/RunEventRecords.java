package dev.netbase.scheduler.dispatch;

import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskControl;
import dev.netbase.model.topic.Topics;
import dev.netbase.scheduler.outbox.OutboxRecord;
import dev.netbase.scheduler.run.application.ActiveRun;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The records that tell others of a run: CloudEvents 1.0 in structured mode, and commands to workers. */
final class RunEventRecords {
    private RunEventRecords() {}

    static OutboxRecord lifeCycle(ActiveRun run, String type, Instant now, @Nullable Object error) {
        Map<String, @Nullable Object> data = new LinkedHashMap<>();
        data.put("schema", 1);
        data.put("run_id", run.id());
        data.put("workflow", run.workflow());
        data.put("version", run.workflowVersion());
        data.put("status", run.state().status().name());
        if (error != null) {
            data.put("error", error);
        }
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("specversion", "1.0");
        int retries = run.state().facts().retries();
        event.put("id", run.id() + "-" + type + (retries == 0 ? "" : "-" + retries));
        event.put("source", "netbase/workflows/" + run.workflow());
        event.put("type", type);
        event.put("subject", run.id());
        event.put("time", now.toString());
        event.put("datacontenttype", "application/json");
        event.put("data", data);
        return new OutboxRecord(
                Ids.timeOrdered(now.toEpochMilli()),
                Topics.WORKFLOW_EVENTS,
                run.id(),
                Json.writeBytes(event),
                Map.of("content-type", "application/cloudevents+json"));
    }

    /** Every worker stops the run's tasks. */
    static OutboxRecord cancel(String runId, Instant now) {
        return control(TaskControl.Type.CANCEL_RUN, runId, now);
    }

    /** Every worker asks which of the run's tasks are to stop. */
    static OutboxRecord stopTasks(String runId, Instant now) {
        return control(TaskControl.Type.STOP_TASKS, runId, now);
    }

    private static OutboxRecord control(TaskControl.Type type, String runId, Instant now) {
        return new OutboxRecord(
                Ids.timeOrdered(now.toEpochMilli()),
                Topics.TASK_CONTROL,
                runId,
                Json.writeBytes(new TaskControl(TaskControl.SCHEMA, type, runId)),
                Map.of("content-type", "application/json"));
    }
}
