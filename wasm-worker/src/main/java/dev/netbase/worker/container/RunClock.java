package dev.netbase.worker.container;

/** Measures the parts of a run, one after the other, from when it is made. */
final class RunClock {
    private static final int PARTS = 3;
    private final long[] micros = new long[PARTS];
    private long since = System.nanoTime();
    private int part;

    /** The part under way is over: loading, then starting, then running. Does nothing after the last. */
    synchronized void next() {
        if (part < PARTS) {
            long now = System.nanoTime();
            micros[part] = (now - since) / 1_000;
            since = now;
            part++;
        }
    }

    /** The part under way was the last. */
    synchronized void stop() {
        next();
        part = PARTS;
    }

    synchronized ContainerTimes times() {
        return new ContainerTimes(micros[0], micros[1], micros[2]);
    }
}
