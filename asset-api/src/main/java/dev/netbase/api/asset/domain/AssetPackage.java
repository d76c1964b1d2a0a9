package dev.netbase.api.asset.domain;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/**
 * A named series of versions.
 *
 * @param nanoid the public id
 */
public record AssetPackage(
        long id, String nanoid, String name, @Nullable String description, long ownerId, OffsetDateTime createdAt) {}
