package dev.netbase.worker.container;

/**
 * How long the parts of a run took; 0 for what it did not come to.
 *
 * @param loadingMicros microseconds until its image was there
 * @param startingMicros microseconds in which its container was made and started
 * @param runningMicros microseconds from then until it had ended
 */
public record ContainerTimes(long loadingMicros, long startingMicros, long runningMicros) {}
