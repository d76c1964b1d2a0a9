package dev.netbase.model.file;

/**
 * A file that a task left under {@code out} of its workspace, kept as an artifact.
 *
 * @param path its place beneath {@code out}
 * @param sha256 the artifact's digest in lower-case hex
 * @param sizeBytes its size
 */
public record TaskArtifact(String path, String sha256, long sizeBytes) {}
