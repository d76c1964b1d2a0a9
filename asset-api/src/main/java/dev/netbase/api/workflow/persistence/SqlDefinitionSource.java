package dev.netbase.api.workflow.persistence;

import dev.netbase.api.workflow.application.DefinitionSource;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Optional;

/** Definitions in {@code workflow_versions}. */
@ApplicationScoped
public class SqlDefinitionSource implements DefinitionSource {
    private final Pool pool;

    SqlDefinitionSource(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<Optional<String>> definition(long workflowId, int version) {
        return pool.preparedQuery(
                        "select definition::text as definition from workflow_versions where workflow_id = $1 and version = $2")
                .execute(Tuple.of(workflowId, version))
                .map(rows -> {
                    for (Row row : rows) {
                        return Optional.of(row.getString("definition"));
                    }
                    return Optional.empty();
                });
    }
}
