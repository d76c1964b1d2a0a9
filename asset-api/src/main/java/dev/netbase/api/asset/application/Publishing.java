package dev.netbase.api.asset.application;

import dev.netbase.api.asset.application.ModuleStore.Staging;
import dev.netbase.api.asset.application.VersionRepository.Published;
import dev.netbase.api.asset.domain.AssetPackage;
import dev.netbase.api.asset.domain.NewVersion;
import dev.netbase.api.asset.wasm.ModuleValidator;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.problem.ProblemCode;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import org.jboss.logging.Logger;

/** Publishes versions: all or nothing, whatever fails and whenever. */
@ApplicationScoped
public class Publishing {
    private static final Logger LOG = Logger.getLogger(Publishing.class);

    private final VersionRepository versions;
    private final ModuleStore store;
    private final UploadConfig limits;
    private final VersionCheck check;

    Publishing(VersionRepository versions, ModuleStore store, UploadConfig limits, LimitCaps caps) {
        this.versions = versions;
        this.store = store;
        this.limits = limits;
        this.check = new VersionCheck(new ModuleValidator(caps.cap(TaskLimit.MEMORY_BYTES)), caps);
    }

    /** Feeds an upload's files, in any order, and then says what the publisher said of them. */
    @FunctionalInterface
    public interface Source {
        VersionMetadata transferTo(UploadedVersion upload) throws IOException;
    }

    /**
     * Publishes a version of a package. Blocks until it is there: call it on a virtual thread.
     *
     * @throws ProblemException if the package is not there, the version exists, or the upload cannot be accepted
     * @throws IOException if it cannot be received or stored
     */
    public Published publish(String packageNanoid, Source source) throws IOException {
        AssetPackage assetPackage = versions.target(packageNanoid)
                .await()
                .indefinitely()
                .orElseThrow(() -> new ProblemException(
                        ProblemCode.PACKAGE_NOT_FOUND, "there is no package '" + packageNanoid + "'"));
        try (Staging staging = store.stage()) {
            UploadedVersion upload = new UploadedVersion(staging, limits);
            VersionMetadata metadata = source.transferTo(upload);
            NewVersion version = check.check(assetPackage, metadata, upload);
            return place(version, staging).await().indefinitely();
        }
    }

    private Uni<Published> place(NewVersion version, Staging staging) {
        String nanoid = version.assetPackage().nanoid();
        String number = version.version().text();
        return versions.publish(version, () -> store.publish(staging, nanoid, number))
                .onFailure(failure -> !(failure instanceof ProblemException))
                .call(() -> versions.ifUnknown(nanoid, number, () -> store.remove(nanoid, number))
                        .onFailure()
                        .invoke(failure -> LOG.warnf(
                                failure,
                                "files of the unpublished version %s/%s wait for the next start",
                                nanoid,
                                number))
                        .onFailure()
                        .recoverWithNull());
    }
}
