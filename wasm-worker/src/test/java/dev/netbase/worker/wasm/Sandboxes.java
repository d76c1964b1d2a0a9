package dev.netbase.worker.wasm;

import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.limits.TaskLimits;
import io.quarkus.runtime.configuration.MemorySize;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Sandboxes and tasks for tests. */
final class Sandboxes {
    /** More than anything here takes; a test that waits this long has failed. */
    static final Duration PATIENCE = Duration.ofSeconds(60);

    static final byte[] INPUT = "{\"n\":1}".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    private Sandboxes() {}

    record Config(int slots, OptionalInt threads, int compilations, MemorySize moduleCache) implements SandboxConfig {
        @Override
        public MemorySize maxMemory() {
            return new MemorySize(BigInteger.valueOf(1L << 30));
        }

        @Override
        public long maxTableElements() {
            return 10_000_000;
        }
    }

    static WasmManager create(Path modulesRoot) {
        return create(modulesRoot, 1000, 64L << 20);
    }

    static WasmManager create(Path modulesRoot, int slots, long cacheBytes) {
        return create(modulesRoot, slots, cacheBytes, compiling(0));
    }

    /** Whose machine code is kept beside the modules. */
    static WasmManager create(Path modulesRoot, int slots, long cacheBytes, CompileConfig compiling) {
        var config = new Config(slots, OptionalInt.of(2), 1, bytes(cacheBytes));
        Path cacheRoot = modulesRoot.resolveSibling(modulesRoot.getFileName() + "-cache");
        return new WasmManager(config, compiling, modulesRoot, cacheRoot, Optional.empty());
    }

    record Compiling(Duration timeout, MemorySize memory, MemorySize maxCode, int nice, MemorySize store)
            implements CompileConfig {
        @Override
        public Optional<Path> keyFile() {
            return Optional.empty();
        }
    }

    /** The defaults but for the bytes kept on disk. */
    static Compiling compiling(long storeBytes) {
        return new Compiling(Duration.ofSeconds(300), bytes(4L << 30), bytes(512L << 20), 5, bytes(storeBytes));
    }

    static MemorySize bytes(long bytes) {
        return new MemorySize(BigInteger.valueOf(bytes));
    }

    static WasmTask task(CompiledModule module) {
        return task(module, Map.of());
    }

    static WasmTask task(CompiledModule module, Map<String, Long> limits) {
        TaskLimits resolved = LimitCaps.defaults().resolve(Map.of("limits", limits));
        return new WasmTask(module, INPUT, resolved, null, "/workspace", null, List.of(), Map.of());
    }
}
