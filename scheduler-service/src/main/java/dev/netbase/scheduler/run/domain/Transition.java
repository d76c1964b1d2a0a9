package dev.netbase.scheduler.run.domain;

import java.util.List;

/**
 * What follows from events.
 *
 * @param next the run after them
 * @param changes what is to be made true outside, in order; empty if the events only added to what is known
 */
public record Transition(RunState next, List<RunChange> changes) {
    /** About how many bytes of memory it takes: the run, and what new tasks are given. */
    public long bytes() {
        long bytes = next.bytes();
        for (RunChange change : changes) {
            bytes += change instanceof RunChange.NodeDispatched dispatched ? dispatched.inputBytes() : 0;
        }
        return bytes;
    }

    /** Whether the database must hear of it: everything but a timer is written. */
    public boolean mustBeWritten() {
        return changes.stream().anyMatch(change -> !(change instanceof RunChange.Awaited));
    }
}
