package dev.netbase.worker.group.domain;

import dev.netbase.model.task.AgentType;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An agent as a task runs it: its file and its merged configuration. Immutable: the same id always means the same spec.
 *
 * @param config all layers merged
 */
public record TaskSpec(long id, AgentType agentType, Map<String, @Nullable Object> config, AssetFile file) {
    /**
     * A published file.
     *
     * @param versionId the version it belongs to, the key to the other files of that version
     * @param relativePath its path in the version, as published
     * @param checksum SHA-256 in lower-case hex
     */
    public record AssetFile(
            String packageNanoid,
            String version,
            long versionId,
            String relativePath,
            String checksum,
            long sizeBytes) {
        /** Where the file is, beneath the modules root. */
        public Path path(Path modulesRoot) {
            return versionDirectory(modulesRoot).resolve(relativePath);
        }

        /** Where the files of its version are, beneath the modules root. */
        public Path versionDirectory(Path modulesRoot) {
            return modulesRoot.resolve(packageNanoid).resolve(version);
        }
    }

    /** One of the files of a version: path, SHA-256 in lower-case hex, size. */
    public record VersionFile(String relativePath, String checksum, long sizeBytes) {}
}
