package dev.netbase.scheduler.platform;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Liveness;
import org.eclipse.microprofile.health.Readiness;

/** Says whether the scheduler's loop lives and works. */
public class SchedulerHealth {
    private SchedulerHealth() {}

    /** Ready while batches are handled: the database answers and holds the schema. */
    @Readiness
    @ApplicationScoped
    public static class Ready implements HealthCheck {
        private final SchedulerLoop loop;

        public Ready(SchedulerLoop loop) {
            this.loop = loop;
        }

        @Override
        public HealthCheckResponse call() {
            return HealthCheckResponse.named("scheduler-loop-works")
                    .status(loop.isWorking())
                    .build();
        }
    }

    /** Alive while the loop's thread is. */
    @Liveness
    @ApplicationScoped
    public static class Live implements HealthCheck {
        private final SchedulerLoop loop;

        public Live(SchedulerLoop loop) {
            this.loop = loop;
        }

        @Override
        public HealthCheckResponse call() {
            return HealthCheckResponse.named("scheduler-loop-lives")
                    .status(loop.isAlive())
                    .build();
        }
    }
}
