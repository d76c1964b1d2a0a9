package dev.netbase.worker.wasm;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Tells of guests that have ended, off the threads that ran them. A few threads take what has come one after the other: a
 * thread for each would be one more to wake, which costs more than a small guest. Whoever is told must not block.
 */
final class EndedGuests {
    private static final Logger LOG = Logger.getLogger(EndedGuests.class);
    private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger tellers = new AtomicInteger();
    private final Executor executor;
    private final int most;

    /** @param most threads that tell at the same time */
    EndedGuests(Executor executor, int most) {
        this.executor = executor;
        this.most = most;
    }

    /** Takes what tells of one guest. Returns at once. */
    void add(Runnable telling) {
        waiting.add(telling);
        if (tryBegin()) {
            try {
                executor.execute(this::tell);
            } catch (RejectedExecutionException e) {
                tell();
            }
        }
    }

    private boolean tryBegin() {
        int now = tellers.get();
        while (now < most) {
            if (tellers.compareAndSet(now, now + 1)) {
                return true;
            }
            now = tellers.get();
        }
        return false;
    }

    private void tell() {
        do {
            for (Runnable next = waiting.poll(); next != null; next = waiting.poll()) {
                try {
                    next.run();
                } catch (RuntimeException e) {
                    LOG.error("whoever was to be told of a guest's end failed", e);
                }
            }
            tellers.decrementAndGet();
        } while (!waiting.isEmpty() && tryBegin());
    }
}
