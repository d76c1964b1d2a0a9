package dev.netbase.worker.group.application;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The wish that one task in hand ends early. Once requested it stays so, with the first reason. */
public final class Cancellation {
    private final CompletableFuture<Reason> requested = new CompletableFuture<>();
    private volatile boolean begun;

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

    /** Asks the task to end if its turn has not come. */
    void requestUnlessBegun(Reason reason) {
        if (!begun) {
            request(reason);
        }
    }

    /** Notes that the task's turn has come. */
    void begins() {
        begun = true;
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
