package dev.netbase.standalone.process;

import java.time.Duration;

/** Hears what becomes of supervised processes. Called on their keepers' threads. */
public interface ProcessListener {
    /** The process ended without being asked to, and starts again after the pause. */
    void restarting(ProcessSpec spec, int exitCode, Duration pause);

    /** The process has ended this many times in a row before it was ready. It is still tried, at a slow pace. */
    void failing(ProcessSpec spec, int earlyExits);
}
