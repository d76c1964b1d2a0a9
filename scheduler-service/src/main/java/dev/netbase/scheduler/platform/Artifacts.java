package dev.netbase.scheduler.platform;

import dev.netbase.model.artifact.FileArtifactStore;
import dev.netbase.model.artifact.ValueReferences;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Produces;
import java.nio.file.Path;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The store of large values that all services share. */
public class Artifacts {
    @Produces
    @ApplicationScoped
    ValueReferences values(@ConfigProperty(name = "netbase.artifacts.root") Path root) {
        return new ValueReferences(new FileArtifactStore(root));
    }
}
