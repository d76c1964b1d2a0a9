package dev.netbase.worker.wasm;

import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.util.OptionalInt;

/** Bounds of the whole sandbox. A task's own limits are in its configuration. */
@ConfigMapping(prefix = "netbase.sandbox")
public interface SandboxConfig {
    /** Guests that may exist at once; more wait. Address space is reserved for each, memory is not. */
    @WithDefault("1000")
    int slots();

    /** Threads that run guests; as many as there are processors unless set. */
    OptionalInt threads();

    /** Modules compiled at once. */
    @WithDefault("1")
    int compilations();

    /** The most memory that any task may be given, whatever its limit says. */
    @WithDefault("1G")
    MemorySize maxMemory();

    /** The most table elements that any task may be given, whatever its limit says. */
    @WithDefault("10000000")
    long maxTableElements();

    /** Machine code kept in memory; beyond it, modules not used for longest are let go. */
    @WithDefault("1G")
    MemorySize moduleCache();
}
