package dev.netbase.api.platform.database;

import io.smallrye.health.api.AsyncHealthCheck;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Ready while the database answers. Whoever asks has an answer within {@value #MAX_SECONDS} s, also where a connection
 * says nothing any more: checks that wait for such a one without an end would keep the service from being ready long
 * after its work goes on.
 */
@Readiness
@ApplicationScoped
public class DatabaseReadiness implements AsyncHealthCheck {
    /** Below the chart's {@code timeoutSeconds} of a probe. */
    private static final int MAX_SECONDS = 3;

    private final Pool pool;

    DatabaseReadiness(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<HealthCheckResponse> call() {
        return pool.query("select 1")
                .execute()
                .ifNoItem()
                .after(Duration.ofSeconds(MAX_SECONDS))
                .fail()
                .map(rows -> answer(true))
                .onFailure()
                .recoverWithItem(() -> answer(false));
    }

    private static HealthCheckResponse answer(boolean up) {
        return HealthCheckResponse.named("database").status(up).build();
    }
}
