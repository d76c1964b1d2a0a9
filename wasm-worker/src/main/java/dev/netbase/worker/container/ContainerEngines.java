package dev.netbase.worker.container;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Optional;

/** The engine that the operator has chosen, if any. */
@Singleton
public class ContainerEngines {
    private final Optional<ContainerEngine> engine;

    public ContainerEngines(ContainerConfig config) {
        this.engine = config.endpoint().map(endpoint -> new DockerEngine(endpoint, config));
    }

    /** Empty if this worker runs no containers. */
    public Optional<ContainerEngine> engine() {
        return engine;
    }

    @PreDestroy
    void close() {
        engine.ifPresent(ContainerEngine::close);
    }
}
