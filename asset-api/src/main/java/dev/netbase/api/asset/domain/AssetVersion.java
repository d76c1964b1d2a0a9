package dev.netbase.api.asset.domain;

import java.time.OffsetDateTime;
import org.jspecify.annotations.Nullable;

/** A published version; never changes. */
public record AssetVersion(
        long id,
        String packageNanoid,
        String versionString,
        @Nullable String description,
        OffsetDateTime createdAt) {}
