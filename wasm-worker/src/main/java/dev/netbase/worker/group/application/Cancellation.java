package dev.netbase.worker.group.application;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** The wish that one task in hand ends early. Once requested it stays so, with the first reason. */
public final class Cancellation {
    private final CompletableFuture<Reason> requested = new CompletableFuture<>();
    private final AtomicReference<Turn> turn = new AtomicReference<>(Turn.TO_COME);

    private enum Turn {
        TO_COME,
        CAME,
        /** The task is asked to end, or just about to be, before its turn came. */
        FORESTALLED
    }

    /** Why a task is to end early. */
    public enum Reason {
        /** Its run, or its node, is being stopped: the task ends CANCELLED. */
        RUN_CANCELLED,
        /** The lease it was claimed under is gone: somebody else runs it, and nothing is written. */
        LEASE_LOST,
        /** The worker stops before the task has begun, or ended: somebody else runs it, and nothing is written. */
        WORKER_STOPPING
    }

    /** Asks the task to end. */
    public void request(Reason reason) {
        requested.complete(reason);
    }

    /** Asks the task to end if its turn has not come, and says whether it did. */
    boolean requestUnlessBegun(Reason reason) {
        if (!turn.compareAndSet(Turn.TO_COME, Turn.FORESTALLED)) {
            return false;
        }
        request(reason);
        return true;
    }

    /** Notes that the task's turn has come. If it was asked to end before, {@link #reason} says so from then on. */
    void begins() {
        if (turn.compareAndExchange(Turn.TO_COME, Turn.CAME) == Turn.FORESTALLED) {
            requested.join();
        }
    }

    /** Why the task is to end, or empty while it may go on. */
    public Optional<Reason> reason() {
        @Nullable Reason reason = requested.getNow(null);
        return Optional.ofNullable(reason);
    }

    /** Runs {@code action} when the task is asked to end, at once if it already was. It must not block. */
    public void onRequest(Runnable action) {
        var _ = requested.thenRun(action);
    }
}
