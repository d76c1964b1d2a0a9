package dev.netbase.model.artifact;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Optional;

/** Where artifacts are kept: immutable byte strings known by their SHA-256. All calls block on storage. */
public interface ArtifactStore {
    /**
     * Keeps the bytes durably and returns their SHA-256 in lower-case hex. Keeping the same bytes again changes nothing.
     *
     * @throws IOException if they cannot be stored
     */
    String put(byte[] content) throws IOException;

    /**
     * Keeps what the stream gives durably, whatever its size, and says what that was. Keeping the same again changes
     * nothing. The stream is read to its end and not closed.
     *
     * @throws IOException if it cannot be read or stored
     */
    Stored put(InputStream content) throws IOException;

    /**
     * What was stored.
     *
     * @param sha256 its digest in lower-case hex
     * @param sizeBytes its size
     */
    record Stored(String sha256, long sizeBytes) {}

    /**
     * The bytes of an artifact, or empty if there is none of this digest.
     *
     * @throws IOException if they cannot be read, or are no longer what was stored
     */
    Optional<byte[]> read(String sha256) throws IOException;

    /** A local file that holds the artifact, for streaming, or empty if there is none of this digest. */
    Optional<Path> locate(String sha256);
}
