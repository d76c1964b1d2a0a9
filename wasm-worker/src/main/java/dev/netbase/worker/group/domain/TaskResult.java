package dev.netbase.worker.group.domain;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import org.jspecify.annotations.Nullable;

/**
 * What is written about a task that has ended, under the lease it was claimed with.
 *
 * @param output JSON text on one line, or a reference to it; null unless the task completed
 * @param error why it did not complete, else null
 * @param artifacts JSON text of the list of files it left, or of a reference to the list; null if there are none
 * @param accounts what the attempt used beside fuel and memory
 */
public record TaskResult(
        Claim claim,
        @Nullable String output,
        @Nullable Failure error,
        byte[] stderr,
        TaskOutcome.Usage usage,
        @Nullable String artifacts,
        Accounts accounts) {
    /**
     * What an attempt cost, from its queueing to its end.
     *
     * @param fuelLimit the most fuel it could have used
     * @param inputBytes bytes of the input that it was given
     * @param outputBytes bytes of the output as it was written
     * @param queuedMicros microseconds from being queued by the scheduler to being executed
     */
    public record Accounts(long fuelLimit, long inputBytes, long outputBytes, long queuedMicros) {
        /** Of a task that never came to be executed. */
        public static final Accounts NONE = new Accounts(0, 0, 0, 0);
    }

    /** The most characters of an error message that are kept. */
    public static final int MESSAGE_CHARS = 4_000;

    private static final byte[] EMPTY = {};

    /** Why a task did not complete. The message holds no NUL, which PostgreSQL's text cannot, and is bounded. */
    public record Failure(TaskErrorCode code, String message) {
        public Failure {
            String bounded = message.length() <= MESSAGE_CHARS
                    ? message
                    : "…" + message.substring(message.length() - MESSAGE_CHARS + 1);
            message = bounded.replace('\0', '\uFFFD');
        }
    }

    /** The task completed with this output. */
    public static TaskResult completed(
            Claim claim, String output, @Nullable String artifacts, TaskOutcome outcome, Accounts accounts) {
        return new TaskResult(claim, output, null, outcome.stderr(), outcome.usage(), artifacts, accounts);
    }

    /** The task did not complete. */
    public static TaskResult failed(Claim claim, TaskOutcome.Failed outcome, Accounts accounts) {
        Failure error = new Failure(outcome.code(), outcome.message());
        return new TaskResult(claim, null, error, outcome.stderr(), outcome.usage(), null, accounts);
    }

    /** The task did not complete, for a reason outside of it. */
    public static TaskResult failed(Claim claim, TaskErrorCode code, String message) {
        return new TaskResult(
                claim, null, new Failure(code, message), EMPTY, TaskOutcome.Usage.NONE, null, Accounts.NONE);
    }

    /** JSON text of what the attempt used beside fuel and memory. */
    public String usageJson() {
        return "{\"fuel_limit\":" + accounts.fuelLimit() + ",\"input_bytes\":" + accounts.inputBytes()
                + ",\"output_bytes\":" + accounts.outputBytes() + ",\"workspace_bytes\":" + usage.workspaceBytes()
                + ",\"queued_us\":" + accounts.queuedMicros() + ",\"loading_us\":" + usage.loadingMicros()
                + ",\"instantiating_us\":" + usage.instantiatingMicros() + ",\"running_us\":" + usage.runningMicros()
                + "}";
    }

    /** The same under another claim of the task. */
    public TaskResult under(Claim other) {
        return new TaskResult(other, output, error, stderr, usage, artifacts, accounts);
    }

    /** The status that the task instance gets. */
    public TaskStatus status() {
        if (error == null) {
            return TaskStatus.COMPLETED;
        }
        return error.code() == TaskErrorCode.CANCELLED ? TaskStatus.CANCELLED : TaskStatus.FAILED;
    }
}
