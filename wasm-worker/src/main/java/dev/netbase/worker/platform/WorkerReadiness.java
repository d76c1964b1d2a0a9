package dev.netbase.worker.platform;

import dev.netbase.worker.group.application.LeaseKeeper;
import dev.netbase.worker.group.kafka.ConsumerHealth;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Ready when the worker holds its lease and is a member of the consumer group. */
@Readiness
public class WorkerReadiness implements HealthCheck {
    private final LeaseKeeper lease;
    private final ConsumerHealth consumer;

    public WorkerReadiness(LeaseKeeper lease, ConsumerHealth consumer) {
        this.lease = lease;
        this.consumer = consumer;
    }

    @Override
    public HealthCheckResponse call() {
        boolean leased = lease.isFresh();
        boolean member = consumer.isLive();
        return HealthCheckResponse.named("worker")
                .withData("lease", leased)
                .withData("task groups", member)
                .status(leased && member)
                .build();
    }
}
