package dev.netbase.model.file;

/**
 * A file that a task is to find in its workspace.
 *
 * @param path its place in the workspace, in {@link NormalPath normal form}
 * @param from where it comes from, a {@link FileSource}
 */
public record TaskFile(String path, String from) {}
