package dev.netbase.worker.group.domain;

import dev.netbase.model.file.TaskArtifact;
import dev.netbase.model.task.TaskErrorCode;
import java.util.List;

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
     * @param artifacts the files it left, kept already
     */
    record Completed(byte[] output, byte[] stderr, Usage usage, List<TaskArtifact> artifacts) implements TaskOutcome {
        /** A task that left no files. */
        public Completed(byte[] output, byte[] stderr, Usage usage) {
            this(output, stderr, usage, List.of());
        }
    }

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
     * @param workspaceBytes what the files of the workspace had in the end
     * @param loadingMicros microseconds in which code and files were made ready
     * @param instantiatingMicros microseconds in which an instance was made of the code
     * @param runningMicros microseconds in which the task ran
     */
    record Usage(
            long fuel,
            long peakMemoryBytes,
            long workspaceBytes,
            long loadingMicros,
            long instantiatingMicros,
            long runningMicros) {
        /** Nothing ran. */
        public static final Usage NONE = new Usage(0, 0);

        /** Of an executor that does not measure the rest. */
        public Usage(long fuel, long peakMemoryBytes) {
            this(fuel, peakMemoryBytes, 0, 0, 0, 0);
        }

        /** The same with what the workspace held. */
        public Usage withWorkspaceBytes(long bytes) {
            return new Usage(fuel, peakMemoryBytes, bytes, loadingMicros, instantiatingMicros, runningMicros);
        }
    }
}
