package dev.netbase.worker.wasm;

import dev.netbase.model.task.TaskErrorCode;

/** How a guest ended. A trap is an outcome, not an exception. */
public sealed interface WasmOutcome {
    /** The tail of its stderr, up to its limit. */
    byte[] stderr();

    /** What it used. */
    Usage usage();

    /**
     * It did what it should.
     *
     * @param output the bytes that it returned, or wrote to stdout
     */
    record Completed(byte[] output, byte[] stderr, Usage usage) implements WasmOutcome {}

    /**
     * It met a limit, trapped, gave up, or was stopped.
     *
     * @param message for people; bounded, without control characters
     */
    record Failed(TaskErrorCode code, String message, byte[] stderr, Usage usage) implements WasmOutcome {}
}
