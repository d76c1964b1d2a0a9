package dev.netbase.worker.group.application;

import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskResult;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;

/**
 * Results that the scheduler was asked to write, which spares whoever waits for what follows one of two transactions. Each
 * is looked after. That is soon as long as nothing is known of the scheduler, or when it has left one; while it takes them
 * it is later, for several at once, and so costs a chain's next task less of the processors. Safe for use by many threads.
 */
final class HintedResults {
    private static final Logger LOG = Logger.getLogger(HintedResults.class);
    /** The longest output, in characters, and stderr, in bytes, that the scheduler is asked to write. */
    private static final int SIZE = 4_096;
    /**
     * With more tasks than this in hand, without those that are hinted at, there is no hint: with more to do, transactions
     * are shared and the wait is for the processors.
     */
    private static final int IN_HAND = 8;
    /** The most that are hinted at and not yet looked after. */
    private static final int MOST = 64;

    /** How long the scheduler has for one. */
    static final Duration SOON = Duration.ofMillis(10);
    /** After what time the first of several is looked after. */
    static final Duration LATER = Duration.ofMillis(60);

    private final TaskHints hints;
    private final TasksInHand inHand;
    private final WorkerMetrics metrics;
    private final Timer timer;
    private final LongSupplier nanoTime;
    private final Consumer<List<TaskResult>> look;
    private final Deque<Hinted> given = new ArrayDeque<>();
    private final Set<TaskKey> lookedAfter = new HashSet<>();
    private boolean isTimed;
    private boolean areTaken;

    /** Calls something after a delay, on a thread that must not be held up. */
    @FunctionalInterface
    interface Timer {
        void after(Duration delay, Runnable action);
    }

    private record Hinted(TaskResult result, long at) {}

    /** @param look gets what is to be looked after; whoever does it says by {@link #found} what stood in the database */
    HintedResults(
            TaskHints hints,
            TasksInHand inHand,
            WorkerMetrics metrics,
            Timer timer,
            LongSupplier nanoTime,
            Consumer<List<TaskResult>> look) {
        this.hints = hints;
        this.inHand = inHand;
        this.metrics = metrics;
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.look = look;
    }

    /** Asks the scheduler to write a result, unless that is not worth it. Then the answer is false. */
    boolean offer(TaskResult result) {
        synchronized (this) {
            if (!isWorthIt(result)) {
                return false;
            }
            given.add(new Hinted(result, nanoTime.getAsLong()));
            startTimer();
        }
        if (!give(result)) {
            withdraw(result);
            return false;
        }
        metrics.hinted();
        return true;
    }

    /** A hint that fails is one that was not given: the worker writes the result itself. */
    private boolean give(TaskResult result) {
        try {
            return hints.give(result);
        } catch (RuntimeException e) {
            TaskLog.about(result.claim(), () -> LOG.warn("the scheduler could not be asked to write a result", e));
            return false;
        }
    }

    private synchronized void withdraw(TaskResult result) {
        given.removeIf(hinted -> hinted.result() == result);
    }

    private boolean isWorthIt(TaskResult result) {
        String output = result.output();
        return result.claim().hintChannel() != null
                && !result.claim().made()
                && output != null
                && output.length() <= SIZE
                && result.stderr().length <= SIZE
                && result.artifacts() == null
                && given.size() < MOST
                && inHand.count() - given.size() - lookedAfter.size() <= IN_HAND;
    }

    private void startTimer() {
        if (!isTimed && !given.isEmpty()) {
            isTimed = true;
            long since = nanoTime.getAsLong() - given.getFirst().at();
            timer.after((areTaken ? LATER : SOON).minusNanos(since), this::lookAfter);
        }
    }

    private void lookAfter() {
        List<TaskResult> due = new ArrayList<>();
        synchronized (this) {
            long now = nanoTime.getAsLong();
            while (!given.isEmpty() && now - given.getFirst().at() >= SOON.toNanos()) {
                TaskResult result = given.removeFirst().result();
                due.add(result);
                lookedAfter.add(result.claim().key());
            }
            isTimed = false;
            startTimer();
        }
        if (!due.isEmpty()) {
            look.accept(due);
        }
    }

    /** @param standing what was found in the database of what was looked after, and of anything else */
    synchronized void found(Set<TaskKey> standing) {
        if (!lookedAfter.isEmpty()) {
            areTaken = standing.containsAll(lookedAfter);
            lookedAfter.clear();
        }
    }
}
