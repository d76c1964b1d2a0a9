package dev.netbase.api.platform.schema;

import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/** Not ready before the schema is up to date. */
@Readiness
@ApplicationScoped
public class SchemaReadiness implements HealthCheck {
    private final SchemaMigration migration;

    SchemaReadiness(SchemaMigration migration) {
        this.migration = migration;
    }

    @Override
    public HealthCheckResponse call() {
        return HealthCheckResponse.named("database schema")
                .status(migration.isDone())
                .build();
    }
}
