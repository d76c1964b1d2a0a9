package dev.netbase.model.message;

/** A value of {@code netbase.task.control}, which every worker reads: tasks of a run are to be stopped. */
public record TaskControl(int schema, Type type, String runId) {
    /** The version of this format. */
    public static final int SCHEMA = 1;

    /** What is to be done. */
    public enum Type {
        /** All its tasks stop. */
        CANCEL_RUN,
        /** Some of its tasks stop; the database says which. */
        STOP_TASKS
    }
}
