package dev.netbase.worker.group.files;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an input, opened.
 *
 * @param sha256 what their digest must be; null where the source knows none
 */
record Content(InputStream stream, @Nullable String sha256) implements AutoCloseable {
    @Override
    public void close() throws IOException {
        stream.close();
    }
}
