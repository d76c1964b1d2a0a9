package dev.netbase.api.asset.application;

import dev.netbase.api.asset.application.ModuleStore.StoredVersion;
import dev.netbase.api.platform.schema.SchemaMigration.SchemaReady;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.io.IOException;
import org.jboss.logging.Logger;

/** Removes at start what crashes have left in the module store: staged uploads, and versions that never committed. */
@ApplicationScoped
public class StoreSweep {
    private static final Logger LOG = Logger.getLogger(StoreSweep.class);

    private final ModuleStore store;
    private final VersionRepository versions;

    StoreSweep(ModuleStore store, VersionRepository versions) {
        this.store = store;
        this.versions = versions;
    }

    /** Blocks; a failure is logged, and what is left waits for the next start. */
    void sweep(@Observes SchemaReady ready) {
        try {
            store.sweepStaging();
            for (StoredVersion version : store.list()) {
                versions.ifUnknown(version.packageNanoid(), version.version(), () -> {
                            LOG.infof("removing %s, which was never published", version);
                            store.remove(version.packageNanoid(), version.version());
                        })
                        .await()
                        .indefinitely();
            }
        } catch (IOException | RuntimeException e) {
            LOG.warn("the module store could not be swept", e);
        }
    }
}
