package dev.netbase.api.asset.domain;

import dev.netbase.model.asset.FileType;

/**
 * A file of a published version.
 *
 * @param checksum SHA-256 in lower-case hex
 */
public record AssetFile(long id, FileType fileType, String relativePath, String checksum, long sizeBytes) {}
