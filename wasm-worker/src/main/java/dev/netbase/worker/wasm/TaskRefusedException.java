package dev.netbase.worker.wasm;

import dev.netbase.model.task.TaskErrorCode;

/** A task cannot run because of what it would run: its module or a file of its package version. */
public final class TaskRefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final TaskErrorCode code;

    public TaskRefusedException(TaskErrorCode code, String message) {
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
