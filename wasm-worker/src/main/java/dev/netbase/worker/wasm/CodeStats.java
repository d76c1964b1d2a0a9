package dev.netbase.worker.wasm;

/**
 * What compiling has come to since the start.
 *
 * @param compiled modules compiled
 * @param refused compilations that failed
 * @param storedHits modules whose machine code was on disk
 * @param tampered entries on disk that were not what this machine wrote
 * @param evicted entries deleted to make room
 * @param notSaved machine code that could not be written to disk
 */
public record CodeStats(long compiled, long refused, long storedHits, long tampered, long evicted, long notSaved) {
    /** The numbers in the native library's order. */
    static CodeStats of(long[] numbers) {
        return new CodeStats(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5]);
    }
}
