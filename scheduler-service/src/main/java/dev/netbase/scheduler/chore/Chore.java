package dev.netbase.scheduler.chore;

import java.time.Duration;

/** Something that is done again and again, on a thread of its own, by every scheduler. */
public interface Chore {
    /** Names its thread and its log lines. */
    String name();

    /** How long to wait between two turns. */
    Duration interval();

    /**
     * Does what is due. May wait for the database and the network.
     *
     * @throws RuntimeException if it could not; the next turn comes all the same
     */
    void turn();
}
