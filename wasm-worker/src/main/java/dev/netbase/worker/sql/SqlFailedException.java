package dev.netbase.worker.sql;

import dev.netbase.model.task.TaskErrorCode;

/** A script did not complete. The message is for the task's owner and holds nothing of the connection's secrets. */
public final class SqlFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final TaskErrorCode code;

    public SqlFailedException(TaskErrorCode code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    /** Why, as the error of the task. */
    public TaskErrorCode code() {
        return code;
    }

    /** For people. */
    public String reason() {
        return String.valueOf(getMessage());
    }
}
