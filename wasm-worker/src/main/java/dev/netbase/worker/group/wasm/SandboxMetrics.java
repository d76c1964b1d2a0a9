package dev.netbase.worker.group.wasm;

import dev.netbase.worker.wasm.CodeStats;
import dev.netbase.worker.wasm.WasmManager;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import jakarta.inject.Singleton;
import java.util.function.ToDoubleFunction;

/** What operators can see of the sandbox: compiling, and the time spent in guests. */
@Singleton
public class SandboxMetrics implements MeterBinder {
    private final WasmManager manager;

    public SandboxMetrics(WasmManager manager) {
        this.manager = manager;
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        counter(registry, "compiled", "Modules compiled", CodeStats::compiled);
        counter(registry, "refused", "Compilations that failed", CodeStats::refused);
        counter(registry, "stored.hits", "Modules whose machine code was on disk", CodeStats::storedHits);
        counter(
                registry,
                "tampered",
                "Entries on disk that were not what this machine wrote; each was compiled again",
                CodeStats::tampered);
        counter(registry, "evicted", "Entries on disk deleted to make room", CodeStats::evicted);
        counter(registry, "not.saved", "Machine code that could not be written to disk", CodeStats::notSaved);
        FunctionCounter.builder(
                        "netbase.sandbox.guest.seconds",
                        manager,
                        source -> source.guestTime().toNanos() / 1e9)
                .description("Time that threads have spent in guests and in what guests called")
                .register(registry);
        Gauge.builder("netbase.compile.memory.bytes", manager, WasmManager::cachedBytes)
                .description("Machine code in memory, in bytes")
                .register(registry);
    }

    private void counter(MeterRegistry registry, String name, String description, ToDoubleFunction<CodeStats> count) {
        FunctionCounter.builder("netbase.compile." + name, manager, source -> count.applyAsDouble(source.codeStats()))
                .description(description)
                .register(registry);
    }
}
