package dev.netbase.worker.platform;

import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;

/** Alive while all of the worker's threads run. */
@Liveness
public class WorkerLiveness implements HealthCheck {
    private final WorkerLifecycle lifecycle;

    public WorkerLiveness(WorkerLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("worker threads")
                .status(lifecycle.isAlive())
                .build();
    }
}
