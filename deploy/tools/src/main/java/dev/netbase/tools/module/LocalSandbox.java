package dev.netbase.tools.module;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.worker.wasm.CompiledModule;
import dev.netbase.worker.wasm.ModuleRef;
import dev.netbase.worker.wasm.WasmManager;
import dev.netbase.worker.wasm.Workspaces;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/** A worker's sandbox with folders of its own, which go when it is closed; compiled code is kept for the user. */
public final class LocalSandbox implements AutoCloseable {
    private static final String GROUP = "local";

    private final Path root;
    private final WasmManager manager;
    private final Workspaces workspaces;

    public LocalSandbox(Settings settings, Path cacheRoot) throws IOException {
        root = Files.createTempDirectory("netbase-module-");
        workspaces = new Workspaces(root.resolve("workspaces"));
        try {
            manager = new WasmManager(settings.sandbox(), settings.compile(), modules(), cacheRoot, Optional.empty());
        } catch (RuntimeException e) {
            delete(root);
            throw new ToolException("the sandbox cannot be started: " + e.getMessage());
        }
    }

    /** Where compiled code of earlier runs is: {@code ~/.cache/netbase/module}, or as XDG says. */
    public static Path userCache() {
        String home = System.getProperty("user.home", "/");
        String cache = System.getenv("XDG_CACHE_HOME");
        Path base = cache == null || cache.isEmpty() ? Path.of(home, ".cache") : Path.of(cache);
        return base.resolve("netbase/module");
    }

    /** The sandbox itself. */
    public WasmManager manager() {
        return manager;
    }

    /** Loads a module as if it were published under {@code relativePath}. */
    public CompiledModule load(byte[] module, String relativePath) throws IOException {
        Path file = modules().resolve("package/0.0.0").resolve(relativePath);
        Files.createDirectories(file.getParent());
        Files.write(file, module);
        ModuleRef ref = new ModuleRef(file, Sha256.hex(module), module.length, relativePath);
        return manager.load(ref).await().indefinitely();
    }

    Path createWorkspace() throws IOException {
        return workspaces.create(GROUP, 1);
    }

    @Override
    public void close() {
        manager.close();
        try {
            workspaces.delete(GROUP, 1);
            delete(root);
        } catch (IOException e) {
            throw new UncheckedIOException("the folders of the run cannot be deleted", e);
        }
    }

    private Path modules() {
        return root.resolve("modules");
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
