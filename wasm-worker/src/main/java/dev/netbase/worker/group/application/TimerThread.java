package dev.netbase.worker.group.application;

import java.time.Duration;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** Does things later, any time from now on, on a thread of its own that ends when there was nothing to do for a while. */
final class TimerThread implements HintedResults.Timer {
    private static final Logger LOG = Logger.getLogger(TimerThread.class);
    private static final Duration IDLE = Duration.ofSeconds(10);
    private final ScheduledThreadPoolExecutor thread;

    TimerThread(String name) {
        thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().name(name).daemon().factory());
        thread.setKeepAliveTime(IDLE.toMillis(), TimeUnit.MILLISECONDS);
        thread.allowCoreThreadTimeOut(true);
    }

    @Override
    public void after(Duration delay, Runnable action) {
        var _ = thread.schedule(() -> run(action), delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    private static void run(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException e) {
            LOG.error("what was to be done later failed", e);
        }
    }
}
