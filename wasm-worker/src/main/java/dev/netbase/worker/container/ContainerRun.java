package dev.netbase.worker.container;

/** One container, from before it is made until it is gone. */
public interface ContainerRun {
    /**
     * Runs it; blocks until nothing of it is left.
     *
     * @return what it wrote to stdout
     * @throws ContainerFailedException if it did not complete
     */
    byte[] run() throws ContainerFailedException;

    /** Makes {@link #run} end soon with CANCELLED, unless it ends otherwise. Does not block. */
    void cancel();

    /** The last bytes that it wrote to stderr, or that building its image wrote. */
    byte[] stderr();

    /** How long it took; complete once {@link #run} has ended. */
    ContainerTimes times();
}
