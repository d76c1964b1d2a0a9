package dev.netbase.model.limits;

/** One limit of a task: its key in {@code config.limits}, its default and the operator's default cap. */
public enum TaskLimit {
    /** Units of Wasmtime fuel, about one a WebAssembly instruction. */
    FUEL("fuel", 10_000_000_000L, 1_000_000_000_000L),
    /** Bytes of linear memory, all memories of an instance together. */
    MEMORY_BYTES("memory_bytes", 64L << 20, 1L << 30),
    /** Milliseconds of wall clock from instantiation on. */
    TIMEOUT_MS("timeout_ms", 30_000, 600_000),
    OUTPUT_BYTES("output_bytes", 1L << 20, 16L << 20),
    INPUT_BYTES("input_bytes", 16L << 20, 16L << 20),
    WORKSPACE_BYTES("workspace_bytes", 256L << 20, 4L << 30),
    WORKSPACE_FILES("workspace_files", 10_000, 1_000_000),
    /** Bytes of stderr kept, from its end. */
    STDERR_BYTES("stderr_bytes", 64L << 10, 1L << 20),
    TABLE_ELEMENTS("table_elements", 100_000, 10_000_000),
    /** Thousandths of a processor that a container may use. */
    CPU_MILLIS("cpu_millis", 1_000, 16_000),
    /** Processes and threads of a container. */
    PIDS("pids", 100, 10_000);

    private final String key;
    private final long defaultValue;
    private final long defaultCap;

    TaskLimit(String key, long defaultValue, long defaultCap) {
        this.key = key;
        this.defaultValue = defaultValue;
        this.defaultCap = defaultCap;
    }

    /** The name in {@code config.limits}. */
    public String key() {
        return key;
    }

    /** What holds where nothing is configured. */
    public long defaultValue() {
        return defaultValue;
    }

    /** The most that may be configured, unless the operator says otherwise. */
    public long defaultCap() {
        return defaultCap;
    }
}
