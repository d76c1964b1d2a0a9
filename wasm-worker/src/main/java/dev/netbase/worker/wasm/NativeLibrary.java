package dev.netbase.worker.wasm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Loads {@code libnetbase_sandbox} once a class loader. */
final class NativeLibrary {
    private static final String RESOURCE = "native/linux-x86_64/libnetbase_sandbox.so";

    private static boolean loaded;

    private NativeLibrary() {}

    /**
     * Loads the library, unless it is loaded.
     *
     * @param path where it is; empty takes it from the application's own archive, by way of a temporary folder, which
     *     needs one that is not mounted no-exec
     * @throws IllegalStateException if there is none for this platform
     */
    static synchronized void load(Optional<Path> path) {
        if (loaded) {
            return;
        }
        if (path.isPresent()) {
            System.load(path.get().toAbsolutePath().toString());
        } else {
            loadFromArchive();
        }
        loaded = true;
    }

    private static void loadFromArchive() {
        try (InputStream library = NativeLibrary.class.getClassLoader().getResourceAsStream(RESOURCE)) {
            if (library == null) {
                throw new IllegalStateException("the sandbox's native library is missing: " + RESOURCE);
            }
            Path folder = Files.createTempDirectory("netbase-native");
            Path copy = folder.resolve("libnetbase_sandbox.so");
            try {
                Files.copy(library, copy);
                System.load(copy.toString());
            } finally {
                // A loaded library needs its file no more.
                Files.deleteIfExists(copy);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the sandbox's native library cannot be extracted", e);
        }
    }
}
