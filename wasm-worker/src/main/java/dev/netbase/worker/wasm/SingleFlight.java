package dev.netbase.worker.wasm;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/** One computation per key at a time, however many ask for it. */
final class SingleFlight {
    private SingleFlight() {}

    /** Joins the computation under way, or starts one; every caller gets a future of its own, safe to cancel. */
    static <K, V> CompletableFuture<V> once(
            Map<K, CompletableFuture<V>> underWay, K key, Supplier<CompletableFuture<V>> work) {
        CompletableFuture<V> mine = new CompletableFuture<>();
        CompletableFuture<V> first = underWay.putIfAbsent(key, mine);
        if (first != null) {
            return first.copy();
        }
        start(work).whenComplete((value, failure) -> {
            underWay.remove(key, mine);
            if (failure == null) {
                mine.complete(value);
            } else {
                mine.completeExceptionally(failure);
            }
        });
        return mine.copy();
    }

    private static <V> CompletableFuture<V> start(Supplier<CompletableFuture<V>> work) {
        try {
            return work.get();
        } catch (RuntimeException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
