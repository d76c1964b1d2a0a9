package dev.netbase.api.asset.application;

import dev.netbase.api.asset.domain.RelativePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Where the files of published versions are kept. A version appears whole or not at all. All calls block; those that
 * name a version are made under that version's lock, but for {@link #find}.
 */
public interface ModuleStore {
    /** A place for the files of one upload; nobody sees it before {@link #publish}. */
    Staging stage() throws IOException;

    /**
     * Makes the staged files the files of a version, durably and at once. Replaces what an earlier attempt that never
     * committed may have left.
     */
    void publish(Staging staging, String packageNanoid, String version) throws IOException;

    /** Removes a version that nothing refers to. */
    void remove(String packageNanoid, String version) throws IOException;

    /** Every version that has files here, whether the registry knows it or not. */
    List<StoredVersion> list() throws IOException;

    /** Removes what uploads of processes that are gone have left staged. */
    void sweepStaging() throws IOException;

    /** A local file with a published file's bytes, or empty if there is none. */
    Optional<Path> find(String packageNanoid, String version, String relativePath);

    /** A version that has files in the store. */
    record StoredVersion(String packageNanoid, String version) {}

    /** Files on their way into the store; closing it removes what was not published. */
    interface Staging extends AutoCloseable {
        /** Opens a new file for writing. */
        OutputStream create(RelativePath path) throws IOException;

        /** Opens a staged file for reading. */
        FileChannel open(RelativePath path) throws IOException;

        @Override
        void close() throws IOException;
    }
}
