package dev.netbase.model.message;

/** A value of {@code netbase.task.control}: every worker stops the run's tasks. */
public record TaskControl(int schema, Type type, String runId) {
    /** The version of this format. */
    public static final int SCHEMA = 1;

    /** What is to be done. */
    public enum Type {
        CANCEL_RUN
    }
}
