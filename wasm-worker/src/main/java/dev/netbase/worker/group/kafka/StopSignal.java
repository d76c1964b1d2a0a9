package dev.netbase.worker.group.kafka;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Tells a consumer's thread to end, also in the middle of a pause. Given once, it stays given. */
final class StopSignal {
    private final CountDownLatch given = new CountDownLatch(1);

    /** What was under way is given up. */
    static final class GivenException extends RuntimeException {
        GivenException() {
            super("the worker is stopping", null, false, false);
        }
    }

    void give() {
        given.countDown();
    }

    boolean isGiven() {
        return given.getCount() == 0;
    }

    void throwIfGiven() {
        if (isGiven()) {
            throw new GivenException();
        }
    }

    /** Waits for so long, or until the signal is given. */
    void await(Duration atMost) {
        try {
            var _ = given.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            give();
        }
    }
}
