package dev.netbase.worker.group.wasm;

import dev.netbase.worker.wasm.WasmManager;
import dev.netbase.worker.wasm.Workspaces;
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

/** Readies the sandbox before the first task: the engine is loaded, and no workspace of an earlier process is left. */
@Readiness
@Singleton
public class SandboxStart implements HealthCheck {
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
        ready = manager.underWay() == 0;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("sandbox")
                .withData("guests", manager.underWay())
                .status(ready)
                .build();
    }
}
