package dev.netbase.model.message;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.netbase.model.task.TaskErrorCode;
import org.jspecify.annotations.Nullable;

/**
 * A value of {@code netbase.task.events}: how a task instance ended. The database said so before the event was sent.
 *
 * @param schema the format's version, 1
 * @param eventId the same for every delivery of the same outcome
 * @param output the task's output or a reference to it; null when it failed
 * @param error why it failed; null when it completed
 * @param artifacts the files it left, or a reference to the list of them; null if there are none
 */
public record TaskEvent(
        int schema,
        Type type,
        String eventId,
        String runId,
        String groupId,
        long taskInstanceId,
        int attempt,
        @JsonInclude(JsonInclude.Include.ALWAYS) @Nullable Object output,
        @Nullable TaskError error,
        @Nullable Object artifacts) {
    /** An event of a task that left no files. */
    public TaskEvent(
            int schema,
            Type type,
            String eventId,
            String runId,
            String groupId,
            long taskInstanceId,
            int attempt,
            @Nullable Object output,
            @Nullable TaskError error) {
        this(schema, type, eventId, runId, groupId, taskInstanceId, attempt, output, error, null);
    }

    /** The version of this format. */
    public static final int SCHEMA = 1;

    /** What happened. */
    public enum Type {
        TASK_COMPLETED,
        TASK_FAILED
    }

    /** Why a task failed. */
    public record TaskError(TaskErrorCode code, String message) {}
}
