package dev.netbase.worker.wasm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Loads {@code libnetbase_sandbox} once a class loader, and has it open the compiler's program beside it. */
final class NativeLibrary {
    private static final String FOLDER = "native/linux-x86_64/";
    private static final String LIBRARY = "libnetbase_sandbox.so";
    private static final String COMPILER = "netbase-compile";

    private static boolean loaded;

    private NativeLibrary() {}

    /**
     * Loads the library, unless it is loaded.
     *
     * @param path where it is, with the program {@code netbase-compile} in the same folder; empty takes both from the
     *     application's own archive, by way of a temporary folder, which needs one that is not mounted no-exec
     * @throws IllegalStateException if there is none for this platform
     */
    static synchronized void load(Optional<Path> path) {
        if (loaded) {
            return;
        }
        if (path.isPresent()) {
            Path library = path.get().toAbsolutePath();
            load(library, library.resolveSibling(COMPILER));
        } else {
            loadFromArchive();
        }
        loaded = true;
    }

    private static void load(Path library, Path compiler) {
        System.load(library.toString());
        NativeSandbox.useCompiler(compiler.toString());
    }

    private static void loadFromArchive() {
        try {
            Path folder = Files.createTempDirectory("netbase-native");
            Path library = folder.resolve(LIBRARY);
            Path compiler = folder.resolve(COMPILER);
            try {
                extract(library);
                extract(compiler);
                if (!compiler.toFile().setExecutable(true, true)) {
                    throw new IOException(compiler + " cannot be made executable");
                }
                load(library, compiler);
            } finally {
                // What is loaded or open needs its file no more.
                Files.deleteIfExists(library);
                Files.deleteIfExists(compiler);
                Files.deleteIfExists(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("the sandbox's native library cannot be extracted", e);
        }
    }

    private static void extract(Path target) throws IOException {
        String resource = FOLDER + target.getFileName();
        try (InputStream in = NativeLibrary.class.getClassLoader().getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the sandbox's native part is missing: " + resource);
            }
            Files.copy(in, target);
        }
    }
}
