package dev.netbase.model.task;

/** Why a task failed: the stable {@code error.code} of a task, in the API and in task events. */
public enum TaskErrorCode {
    /** The guest used all its fuel. */
    OUT_OF_FUEL,
    /** Initial linear memory, or its growth, passed the limit. */
    OUT_OF_MEMORY,
    /** The wall clock limit passed, time in host calls included. */
    TIMEOUT,
    /** The guest trapped: unreachable, out of bounds, division by zero and the like. */
    TRAP,
    STACK_OVERFLOW,
    /** A WASI command ended with an exit code other than 0. */
    EXIT_CODE,
    OUTPUT_TOO_LARGE,
    INPUT_TOO_LARGE,
    /** The workspace's quota of bytes or files is used up. */
    WORKSPACE_FULL,
    TABLE_LIMIT,
    /** The module cannot be compiled or linked. */
    INVALID_MODULE,
    /** The guest returned a pointer or length outside its memory. */
    INVALID_OUTPUT,
    /** A stored file is not the one that was published. */
    CHECKSUM_MISMATCH,
    MODULE_NOT_FOUND,
    INPUT_UNAVAILABLE,
    /** An expression of the definition failed on this run's values. */
    INVALID_EXPRESSION,
    UNSUPPORTED_AGENT_TYPE,
    /** A node this one depends on failed. */
    UPSTREAM_FAILED,
    CANCELLED,
    /** The run of a sub-workflow was cancelled, though its parent was not. */
    CHILD_CANCELLED,
    /** Sub-workflows are nested deeper than the operator allows. */
    TOO_DEEP,
    /** The task was alone with a worker that was lost, too often to try again. */
    WORKER_LOST,
    /** A fault of Netbase or its machine, not of the guest. */
    HOST_ERROR
}
