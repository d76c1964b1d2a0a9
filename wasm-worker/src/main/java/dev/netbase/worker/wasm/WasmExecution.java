package dev.netbase.worker.wasm;

import io.smallrye.mutiny.Uni;

/**
 * A guest under way.
 *
 * @param outcome how it ended. Memoized; emitted only when the guest is really gone, so that its workspace may be
 *     deleted then. Never fails.
 * @param cancelling ends the guest within a second; its outcome is then CANCELLED, unless it ended before. Harmless
 *     when repeated.
 */
public record WasmExecution(Uni<WasmOutcome> outcome, Runnable cancelling) {
    /** Ends the guest; see {@link #cancelling}. */
    public void cancel() {
        cancelling.run();
    }
}
