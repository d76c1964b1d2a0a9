package dev.netbase.worker.wasm;

import dev.netbase.model.artifact.Sha256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The guests of the native library's own tests, published into a modules root. */
final class Guests {
    private Guests() {}

    static byte[] binary(String name) {
        try {
            return Files.readAllBytes(Path.of(System.getProperty("netbase.test.guests"), name + ".wasm"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static ModuleRef publish(Path modulesRoot, String name) throws IOException {
        return publish(modulesRoot.resolve("package/1.0.0/bin/" + name + ".wasm"), binary(name));
    }

    static ModuleRef publish(Path file, byte[] bytes) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, bytes);
        return new ModuleRef(file, Sha256.hex(bytes), bytes.length, "bin/" + file.getFileName());
    }
}
