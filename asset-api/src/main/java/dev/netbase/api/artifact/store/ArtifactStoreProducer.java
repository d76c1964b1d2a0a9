package dev.netbase.api.artifact.store;

import dev.netbase.model.artifact.ArtifactStore;
import dev.netbase.model.artifact.FileArtifactStore;
import io.smallrye.config.ConfigMapping;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.nio.file.Path;

/** Makes the store of artifacts, which all services share. */
@ApplicationScoped
class ArtifactStoreProducer {
    /** Where artifacts are kept. */
    @ConfigMapping(prefix = "netbase.artifacts")
    interface ArtifactsConfig {
        /** The root of the artifact store, the same for all services. */
        Path root();
    }

    @Produces
    @Singleton
    ArtifactStore artifactStore(ArtifactsConfig config) {
        return new FileArtifactStore(config.root());
    }
}
