package dev.netbase.api.asset.domain;

import dev.netbase.model.asset.FileType;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A version about to be published, checked in every respect but that its number is free. */
public record NewVersion(
        AssetPackage assetPackage,
        SemanticVersion version,
        @Nullable String description,
        List<NewFile> files) {

    /**
     * One of its files.
     *
     * @param checksum SHA-256 in lower-case hex
     * @param defaultConfig for an executable file, the JSON object of the configuration beside it
     */
    public record NewFile(
            RelativePath path,
            FileType fileType,
            String checksum,
            long sizeBytes,
            @Nullable String defaultConfig) {}
}
