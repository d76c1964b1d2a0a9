package dev.netbase.worker.wasm;

/** Which engine the native library holds: the release that its Cargo.lock pins. */
public final class EngineVersion {
    /** As runs keep it with what they were executed by. */
    public static final String NAME = "wasmtime/48.0.8";

    private EngineVersion() {}
}
