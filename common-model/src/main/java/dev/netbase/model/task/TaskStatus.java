package dev.netbase.model.task;

/** Where a task instance stands. */
public enum TaskStatus {
    PENDING,
    RUNNING,
    COMPLETED,
    FAILED,
    CANCELLED,
    SKIPPED;

    /** Whether no later status can follow for the same attempt. */
    public boolean isTerminal() {
        return switch (this) {
            case PENDING, RUNNING -> false;
            case COMPLETED, FAILED, CANCELLED, SKIPPED -> true;
        };
    }
}
