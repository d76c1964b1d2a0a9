package dev.netbase.worker.container;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Optional;

/** The engine that the operator has chosen, if any. */
@Singleton
public class ContainerEngines {
    private final Optional<ContainerEngine> engine;

    /**
     * The engine of a configuration; nothing is asked of it yet.
     *
     * @throws IllegalArgumentException if it is not configured as it needs, naming the key
     */
    public ContainerEngines(ContainerConfig config) {
        this.engine = switch (config.engine()) {
            case DOCKER -> config.endpoint().map(endpoint -> new DockerEngine(endpoint, config));
            case KUBERNETES -> Optional.of(KubernetesEngine.of(config));
        };
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
