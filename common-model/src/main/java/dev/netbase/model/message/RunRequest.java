package dev.netbase.model.message;

/** A value of {@code netbase.run.requests}: a hint that a run's row wants the scheduler's attention. */
public record RunRequest(int schema, Type type, String runId) {
    /** The version of this format. */
    public static final int SCHEMA = 1;

    /** What is wanted. */
    public enum Type {
        RUN_REQUESTED,
        /** The run waits to be admitted. */
        RUN_HELD,
        CANCEL_REQUESTED
    }
}
