package dev.netbase.scheduler.dispatch;

import dev.netbase.scheduler.outbox.OutboxRecord;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.domain.RunChange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run's advance as rows, all of which are written, or none. JSON is text. */
record AdvanceRows(
        ActiveRun next,
        RunRow run,
        List<NodeRow> nodes,
        List<TaskRow> tasks,
        List<RedispatchRow> redispatched,
        List<CancelledRow> cancelled,
        boolean withdrawQueued,
        List<OutboxRecord> records,
        AdvanceExtras extras) {

    /** Whether the run only goes on: nothing but its row, nodes, new tasks and records is written. */
    boolean isPlain() {
        return redispatched.isEmpty() && cancelled.isEmpty() && !withdrawQueued && extras.isEmpty();
    }

    record RunRow(
            String id,
            long expectedVersion,
            @Nullable String status,
            boolean started,
            boolean ended,
            @Nullable String output,
            @Nullable String error,
            @Nullable String specs,
            @Nullable String stop) {}

    record NodeRow(
            String key,
            String status,
            int total,
            @Nullable String error,
            @Nullable String onElementFailure) {}

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
            @Nullable String files) {
        TaskRow inGroup(@Nullable String id) {
            return new TaskRow(
                    this.id,
                    node,
                    index,
                    status,
                    attempt,
                    id,
                    specId,
                    timeoutMs,
                    inputs,
                    errorCode,
                    errorMessage,
                    files);
        }
    }

    record RedispatchRow(
            long taskId,
            int attempt,
            RunChange.TaskRedispatched.Reason reason,
            @Nullable String groupId,
            @Nullable String childRunId) {}

    record CancelledRow(long taskId, int attempt) {}
}
