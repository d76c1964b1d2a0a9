package dev.netbase.worker.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** The settings for compiling as the native library reads them; {@code src/jni/compiling.rs} says how. */
final class CompileOptions {
    private CompileOptions() {}

    static byte[] encode(CompileConfig config, Path cacheRoot) {
        if (config.timeout().toMillis() <= 0) {
            throw new IllegalArgumentException("netbase.compile.timeout must be above zero: " + config.timeout());
        }
        if (config.nice() < 0 || config.nice() > 19) {
            throw new IllegalArgumentException("netbase.compile.nice must be from 0 to 19: " + config.nice());
        }
        long store = config.store().asLongValue();
        Path root = cacheRoot.toAbsolutePath().normalize();
        Path keyFile = config.keyFile().orElseGet(() -> root.resolve("code.key"));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeLong(config.timeout().toMillis());
            out.writeLong(config.memory().asLongValue());
            out.writeLong(config.maxCode().asLongValue());
            out.writeLong(store);
            out.writeLong(config.nice());
            write(out, store == 0 ? "" : root.resolve("code").toString());
            write(out, store == 0 ? "" : keyFile.toAbsolutePath().toString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
