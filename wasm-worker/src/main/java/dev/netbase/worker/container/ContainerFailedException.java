package dev.netbase.worker.container;

import dev.netbase.model.task.TaskErrorCode;

/** A container did not complete. The message is for the task's owner. */
public final class ContainerFailedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final TaskErrorCode code;

    public ContainerFailedException(TaskErrorCode code, String message) {
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
