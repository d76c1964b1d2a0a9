package dev.netbase.api.asset.application;

import dev.netbase.api.asset.domain.AssetFile;
import dev.netbase.api.asset.domain.AssetPackage;
import dev.netbase.api.asset.domain.AssetVersion;
import dev.netbase.api.asset.domain.NewVersion;
import dev.netbase.api.asset.domain.StoredFile;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.model.file.FileSource;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Versions and their files in the registry. */
public interface VersionRepository {
    /** The package to publish into, by its public id; unlike {@link PackageRepository#find} on any thread. */
    Uni<Optional<AssetPackage>> target(String packageNanoid);

    /**
     * Adds a version and all its files in one transaction, under the version's lock. The placement runs on a thread that
     * may block, after the rows are written and before the transaction commits.
     *
     * @return what was published, or a failure with {@code version-exists}, the placement's, or the database's
     */
    Uni<Published> publish(NewVersion version, Placement placement);

    /**
     * Runs the removal under the version's lock if the registry does not know the version. For what an attempt left
     * that did not commit, or whose outcome is unknown.
     */
    Uni<Void> ifUnknown(String packageNanoid, String version, Placement removal);

    /** Versions of a package, the highest first. */
    Uni<Page<AssetVersion>> list(String packageNanoid, PageRequest page);

    /** The files of a version by path, or empty if there is no such version. */
    Uni<Optional<List<AssetFile>>> files(String packageNanoid, String version);

    /** Those of the files that are published. */
    Uni<Set<FileSource.Asset>> published(Collection<FileSource.Asset> files);

    /** A file by its id. */
    Uni<Optional<StoredFile>> file(long id);

    /** A version with its files, as published. */
    record Published(AssetVersion version, List<AssetFile> files) {}

    /** Work on the module store. */
    @FunctionalInterface
    interface Placement {
        void run() throws IOException;
    }
}
