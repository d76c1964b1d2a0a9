package dev.netbase.api.asset.rest;

import java.io.IOException;
import java.io.InputStream;

/** What a client still sends after its request was refused. */
final class RestOfBody {
    /** Enough for most uploads to end in an answer that the client reads, and not in a broken connection. */
    private static final long MOST_BYTES = 64L << 20;

    private RestOfBody() {}

    /** Reads on for up to 64 MiB, so that a client which does not listen while it sends gets its answer. */
    static void discard(InputStream body) {
        byte[] chunk = new byte[64 * 1024];
        try {
            for (long left = MOST_BYTES; left > 0; ) {
                int read = body.read(chunk);
                if (read < 0) {
                    return;
                }
                left -= read;
            }
        } catch (IOException e) {
            // the client has gone; the refusal itself is answered or lost with the connection
            return;
        }
    }
}
