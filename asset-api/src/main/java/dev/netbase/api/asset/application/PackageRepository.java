package dev.netbase.api.asset.application;

import dev.netbase.api.asset.domain.AssetPackage;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import io.smallrye.mutiny.Uni;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Packages in the registry. */
public interface PackageRepository {
    /**
     * Adds a package.
     *
     * @return the package, or a failure with {@code package-name-taken}
     */
    Uni<AssetPackage> create(String nanoid, String name, @Nullable String description, long ownerId);

    /**
     * Packages, newest first.
     *
     * @param namePart only those whose name contains it, whatever the case; empty means all
     */
    Uni<Page<AssetPackage>> list(String namePart, PageRequest page);

    /** A package by its public id. */
    Uni<Optional<AssetPackage>> find(String nanoid);
}
