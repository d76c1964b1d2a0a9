package dev.netbase.worker.group.container;

import dev.netbase.worker.container.ContainerEngine;
import dev.netbase.worker.container.ContainerEngines;
import dev.netbase.worker.container.ContainerFailedException;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/**
 * Removes, before the first container is made, those of an earlier process: they are known by the folder of workspaces,
 * which belongs to one worker alone, whatever its name.
 */
@Singleton
public class ContainerSweep {
    private static final Logger LOG = Logger.getLogger(ContainerSweep.class);
    private final ContainerEngines engines;
    private final String owner;
    private final ReentrantLock lock = new ReentrantLock();
    private boolean done;

    public ContainerSweep(
            ContainerEngines engines, @ConfigProperty(name = "netbase.workspaces.root") Path workspacesRoot) {
        this.engines = engines;
        this.owner = workspacesRoot.toAbsolutePath().normalize().toString();
    }

    /** The value of the label that this worker's containers have. */
    String owner() {
        return owner;
    }

    /** Before the workspaces are swept, which a container may still write to. An engine that is away is no reason not to start. */
    void onStart(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE - 1) StartupEvent event) {
        try {
            ensure();
        } catch (ContainerFailedException e) {
            LOG.warnf("containers of an earlier process, if any, are removed later: %s", e.reason());
        }
    }

    /** Sweeps unless that was done. Blocks. */
    void ensure() throws ContainerFailedException {
        lock.lock();
        try {
            if (!done && engines.engine().isPresent()) {
                ContainerEngine engine = engines.engine().get();
                int removed = engine.sweep(owner);
                if (removed > 0) {
                    LOG.infof("removed %d containers of an earlier process", removed);
                }
            }
            done = true;
        } finally {
            lock.unlock();
        }
    }
}
