package dev.netbase.api.asset.wasm;

/** How the sandbox runs a module, told by its exports. */
public enum ModuleKind {
    /** Input and output through linear memory: {@code alloc} and {@code run}. */
    MEMORY_DELIVERY,
    /** A WASI preview 1 command: {@code _start}. */
    COMMAND,
    /** A component with {@code wasi:cli/run} or {@code netbase:agent/task}. */
    COMPONENT
}
