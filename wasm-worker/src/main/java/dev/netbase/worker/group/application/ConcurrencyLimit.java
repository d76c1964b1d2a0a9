package dev.netbase.worker.group.application;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** Lets so many tasks run at a time; the others wait in the order they came. No thread waits. */
public final class ConcurrencyLimit {
    private final Deque<Turn> waiting = new ArrayDeque<>();
    private int free;

    public ConcurrencyLimit(int permits) {
        if (permits < 1) {
            throw new IllegalArgumentException("at least one task must be able to run, not " + permits);
        }
        this.free = permits;
    }

    /**
     * Queues up.
     *
     * @param start called once, when it is this one's turn, by whichever thread frees the place; it must not block
     */
    public Turn enqueue(Runnable start) {
        Turn turn = new Turn(start);
        boolean now;
        synchronized (waiting) {
            now = free > 0;
            if (now) {
                free--;
                turn.granted = true;
            } else {
                waiting.add(turn);
            }
        }
        if (now) {
            start.run();
        }
        return turn;
    }

    /** How many more could run now. */
    int free() {
        synchronized (waiting) {
            return free;
        }
    }

    /** Ends a turn that had started. */
    public void release() {
        @Nullable Turn next;
        synchronized (waiting) {
            next = waiting.poll();
            if (next == null) {
                free++;
            } else {
                next.granted = true;
            }
        }
        if (next != null) {
            next.start.run();
        }
    }

    /** A place in the queue. */
    public final class Turn {
        private final Runnable start;
        private boolean granted;

        private Turn(Runnable start) {
            this.start = start;
        }

        /** Leaves the queue; false if the turn had come already. */
        public boolean withdraw() {
            synchronized (waiting) {
                return !granted && waiting.remove(this);
            }
        }
    }
}
