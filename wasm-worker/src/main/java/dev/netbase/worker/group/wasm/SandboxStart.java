package dev.netbase.worker.group.wasm;

import dev.netbase.worker.wasm.WasmManager;
import dev.netbase.worker.wasm.Workspaces;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import jakarta.interceptor.Interceptor;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;
import org.jboss.logging.Logger;

/**
 * Readies the sandbox before the first task: no workspace of an earlier process is left, and the engine is loaded. The
 * latter goes on beside the rest of the start; a task that comes before waits for it.
 */
@Readiness
@Singleton
public class SandboxStart implements HealthCheck {
    private static final Logger LOG = Logger.getLogger(SandboxStart.class);
    private final WasmManager manager;
    private final Workspaces workspaces;
    private volatile boolean ready;

    public SandboxStart(WasmManager manager, Workspaces workspaces) {
        this.manager = manager;
        this.workspaces = workspaces;
    }

    void onStart(@Observes @Priority(Interceptor.Priority.LIBRARY_BEFORE) StartupEvent event) {
        try {
            workspaces.sweep();
        } catch (IOException e) {
            throw new UncheckedIOException("the workspaces of an earlier process could not be deleted", e);
        }
        Thread.ofPlatform().name("sandbox-start").daemon().start(this::load);
    }

    /** Any call makes the manager, unless a task was first. */
    private void load() {
        try {
            ready = manager.underWay() >= 0;
        } catch (RuntimeException | Error e) {
            LOG.error("the sandbox cannot be started; the worker ends", e);
            Quarkus.asyncExit(1);
        }
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("sandbox")
                .withData("guests", ready ? manager.underWay() : 0)
                .status(ready)
                .build();
    }
}
