package dev.netbase.worker.wasm;

/**
 * What a guest used, whatever became of it.
 *
 * @param fuelUsed units of Wasmtime fuel; the limit itself for a guest that ran out
 * @param peakMemoryBytes the highest sum of all its linear memories
 */
public record Usage(long fuelUsed, long peakMemoryBytes) {
    /** For what never ran. */
    public static final Usage NONE = new Usage(0, 0);
}
