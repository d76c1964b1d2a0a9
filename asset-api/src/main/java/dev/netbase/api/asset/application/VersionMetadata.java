package dev.netbase.api.asset.application;

import dev.netbase.model.asset.FileType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a publisher says of a version.
 *
 * @param files types of some of its files; the others' are inferred
 */
public record VersionMetadata(
        String versionString, @Nullable String description, List<DeclaredFile> files) {
    /** @param fileType null to infer it */
    public record DeclaredFile(
            String relativePath, @Nullable FileType fileType) {}
}
