package dev.netbase.model.artifact;

import java.io.IOException;
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
     * The bytes of an artifact, or empty if there is none of this digest.
     *
     * @throws IOException if they cannot be read, or are no longer what was stored
     */
    Optional<byte[]> read(String sha256) throws IOException;

    /** A local file that holds the artifact, for streaming, or empty if there is none of this digest. */
    Optional<Path> locate(String sha256);
}
