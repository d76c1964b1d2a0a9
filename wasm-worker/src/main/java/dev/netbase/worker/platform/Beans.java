package dev.netbase.worker.platform;

import dev.netbase.model.artifact.ArtifactStore;
import dev.netbase.model.artifact.FileArtifactStore;
import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.worker.group.application.LeaseKeeper.NameConflict;
import io.quarkus.runtime.Quarkus;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.InstantSource;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** What comes from outside of the worker's own code. */
final class Beans {
    @Produces
    @Singleton
    InstantSource clock() {
        return InstantSource.system();
    }

    @Produces
    @Singleton
    ArtifactStore artifacts(@ConfigProperty(name = "netbase.artifacts.root") Path root) {
        return new FileArtifactStore(root);
    }

    @Produces
    @Singleton
    ValueReferences values(ArtifactStore artifacts) {
        return new ValueReferences(artifacts);
    }

    @Produces
    @Singleton
    LimitCaps caps(LimitsConfig config) {
        return LimitCaps.of(config.caps());
    }

    /** Two workers of one name would fence each other off for ever: this one ends, with an error. */
    @Produces
    @Singleton
    NameConflict nameConflict() {
        return () -> Quarkus.asyncExit(1);
    }
}
