package dev.netbase.worker.wasm;

import java.nio.file.Path;
import java.util.List;

/**
 * A published package version, as the database knows it.
 *
 * @param folder where its files are, beneath the modules root
 * @param files all of them
 */
public record AssetVersion(Path folder, List<File> files) {
    public AssetVersion {
        files = List.copyOf(files);
    }

    /**
     * One published file.
     *
     * @param relativePath its place in the folder, in normal form
     * @param checksum SHA-256 of its bytes, in lower-case hex
     * @param sizeBytes its size
     */
    public record File(String relativePath, String checksum, long sizeBytes) {}
}
