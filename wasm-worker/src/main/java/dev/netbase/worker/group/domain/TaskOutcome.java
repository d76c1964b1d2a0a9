package dev.netbase.worker.group.domain;

import dev.netbase.model.task.TaskErrorCode;

/** How the execution of a task ended. A guest's fault is an outcome, never an exception. */
public sealed interface TaskOutcome {
    /** The task's stderr, up to its limit from the end. */
    byte[] stderr();

    /** What the task used. */
    Usage usage();

    /**
     * The task did what it should.
     *
     * @param output what it wrote, any bytes
     */
    record Completed(byte[] output, byte[] stderr, Usage usage) implements TaskOutcome {}

    /**
     * The task met a limit, trapped, gave up, was stopped, or never began.
     *
     * @param message for the task's owner to read
     */
    record Failed(TaskErrorCode code, String message, byte[] stderr, Usage usage) implements TaskOutcome {
        /** A failure before anything ran. */
        public static Failed before(TaskErrorCode code, String message) {
            return new Failed(code, message, new byte[0], Usage.NONE);
        }
    }

    /**
     * What an execution used.
     *
     * @param fuel units of Wasmtime fuel
     * @param peakMemoryBytes the most linear memory at any time
     */
    record Usage(long fuel, long peakMemoryBytes) {
        /** Nothing ran. */
        public static final Usage NONE = new Usage(0, 0);
    }
}
