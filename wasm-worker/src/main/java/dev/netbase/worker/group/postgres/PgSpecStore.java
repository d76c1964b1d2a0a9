package dev.netbase.worker.group.postgres;

import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.task.AgentType;
import dev.netbase.worker.group.application.SpecStore;
import dev.netbase.worker.group.domain.TaskSpec;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jboss.logging.Logger;

/** Specs from {@code task_specs} and the asset tables. */
@Singleton
public class PgSpecStore implements SpecStore {
    private static final Logger LOG = Logger.getLogger(PgSpecStore.class);
    private static final String SPECS = """
            select s.id, s.agent_type, s.config::text as config, f.relative_path, f.checksum, f.size_bytes,
                   v.id as version_id, v.version_string, p.nanoid
            from task_specs s
            join asset_files f on f.id = s.asset_file_id
            join asset_versions v on v.id = f.version_id
            join asset_packages p on p.id = v.package_id
            where s.id = any ($1::bigint[])""";

    private static final String PUBLISHED_FILE = """
            select f.relative_path, f.checksum, f.size_bytes
            from asset_packages p
            join asset_versions v on v.package_id = p.id
            join asset_files f on f.version_id = v.id
            where p.nanoid = $1::text and v.version_string = $2::text and f.relative_path = $3::text""";

    private static final String FILES = """
            select relative_path, checksum, size_bytes from asset_files
            where version_id = $1::bigint order by relative_path""";

    private final Statements statements;

    public PgSpecStore(Statements statements) {
        this.statements = statements;
    }

    @Override
    public Uni<Map<Long, TaskSpec>> specs(Collection<Long> ids) {
        return statements.run(SPECS, (Object) ids.toArray(Long[]::new)).map(PgSpecStore::specs);
    }

    @Override
    public Uni<List<TaskSpec.VersionFile>> files(long versionId) {
        return statements.run(FILES, versionId).map(rows -> {
            List<TaskSpec.VersionFile> files = new ArrayList<>(rows.size());
            for (Row row : rows) {
                files.add(versionFile(row));
            }
            return List.copyOf(files);
        });
    }

    @Override
    public Uni<Optional<TaskSpec.VersionFile>> publishedFile(String nanoid, String version, String path) {
        return statements.run(PUBLISHED_FILE, nanoid, version, path).map(rows -> {
            for (Row row : rows) {
                return Optional.of(versionFile(row));
            }
            return Optional.empty();
        });
    }

    private static TaskSpec.VersionFile versionFile(Row row) {
        return new TaskSpec.VersionFile(
                row.getString("relative_path"), row.getString("checksum"), row.getLong("size_bytes"));
    }

    /** A spec that cannot be read counts as not there, so that only its own tasks fail. */
    private static Map<Long, TaskSpec> specs(RowSet<Row> rows) {
        Map<Long, TaskSpec> specs = new HashMap<>();
        for (Row row : rows) {
            long id = row.getLong("id");
            try {
                specs.put(id, spec(id, row));
            } catch (JsonException | IllegalArgumentException e) {
                LOG.errorf(e, "task_specs %d cannot be read", id);
            }
        }
        return specs;
    }

    private static TaskSpec spec(long id, Row row) {
        return new TaskSpec(
                id,
                AgentType.valueOf(row.getString("agent_type")),
                Json.parseObject(row.getString("config")),
                new TaskSpec.AssetFile(
                        row.getString("nanoid"),
                        row.getString("version_string"),
                        row.getLong("version_id"),
                        row.getString("relative_path"),
                        row.getString("checksum"),
                        row.getLong("size_bytes")));
    }
}
