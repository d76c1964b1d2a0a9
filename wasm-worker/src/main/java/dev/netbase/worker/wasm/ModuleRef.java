package dev.netbase.worker.wasm;

import java.nio.file.Path;

/**
 * A published module, as the database knows it.
 *
 * @param path absolute, beneath the modules root
 * @param checksum SHA-256 of its bytes, in lower-case hex
 * @param sizeBytes its size when it was published
 * @param relativePath its place in the package version; what a WASI command sees as {@code argv[0]}
 */
public record ModuleRef(Path path, String checksum, long sizeBytes, String relativePath) {}
