package dev.netbase.scheduler.dispatch;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The rows of an advance that most advances do not have. JSON is text. */
record AdvanceExtras(
        List<WaitingRow> waiting,
        List<String> stoppedNodes,
        List<ChildTaskRow> childTasks,
        List<ChildRunRow> childRuns,
        @Nullable ParentTaskRow parentTask) {

    /** A task that failed and waits for its next attempt. */
    record WaitingRow(long taskId, int attempt, Instant retryAt) {}

    /** A task that is a run of another workflow. */
    record ChildTaskRow(long id, String node, @Nullable Integer index, String inputs, String childRunId) {}

    /** A run that is an attempt of a task. */
    record ChildRunRow(
            String id,
            long taskId,
            int attempt,
            String node,
            @Nullable Integer index,
            long workflowId,
            int version,
            String inputs,
            String trigger) {}

    /** The task that the run was an attempt of, as the run's end leaves it. */
    record ParentTaskRow(
            String runId,
            long taskId,
            int attempt,
            String status,
            @Nullable String output,
            @Nullable String errorCode,
            @Nullable String errorMessage) {}

    /** Whether there are none. */
    boolean isEmpty() {
        return waiting.isEmpty()
                && stoppedNodes.isEmpty()
                && childTasks.isEmpty()
                && childRuns.isEmpty()
                && parentTask == null;
    }
}
