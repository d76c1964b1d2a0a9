package dev.netbase.scheduler.dispatch;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import dev.netbase.scheduler.outbox.OutboxRecord;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.domain.RunEvent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run's advance as rows, all of which are written, or none. JSON is text. */
record AdvanceRows(
        ActiveRun next,
        RunRow run,
        List<NodeRow> nodes,
        List<GroupRow> groups,
        List<TaskRow> tasks,
        List<RedispatchRow> redispatched,
        List<EndedRow> ended,
        boolean withdrawQueued,
        List<OutboxRecord> records) {

    record RunRow(
            String id,
            long expectedVersion,
            @Nullable String status,
            boolean started,
            boolean ended,
            @Nullable String output,
            @Nullable String error,
            @Nullable String specs) {}

    record NodeRow(
            String key, String status, int total, @Nullable String error) {}

    record GroupRow(String id, int size) {}

    record TaskRow(
            long id,
            String node,
            @Nullable Integer index,
            String status,
            int attempt,
            @Nullable String groupId,
            @Nullable Long specId,
            @Nullable Long timeoutMs,
            @Nullable String inputs,
            @Nullable String errorCode,
            @Nullable String errorMessage,
            @Nullable String files) {}

    record RedispatchRow(long taskId, int attempt, RunEvent.@Nullable Suspicion suspicion, String groupId) {}

    /** A task that no worker ends. */
    record EndedRow(long taskId, int attempt, TaskStatus status, TaskErrorCode code, String message) {}
}
