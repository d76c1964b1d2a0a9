package dev.netbase.worker.wasm;

/**
 * What a guest used, whatever became of it.
 *
 * @param fuelUsed units of Wasmtime fuel; the limit itself for a guest that ran out
 * @param peakMemoryBytes the highest sum of all its linear memories
 * @param instantiatingMicros microseconds until its instance was made
 * @param runningMicros microseconds from then to its end
 */
public record Usage(long fuelUsed, long peakMemoryBytes, long instantiatingMicros, long runningMicros) {
    /** For what never ran. */
    public static final Usage NONE = new Usage(0, 0, 0, 0);
}
