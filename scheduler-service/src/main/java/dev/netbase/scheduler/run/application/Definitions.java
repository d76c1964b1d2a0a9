package dev.netbase.scheduler.run.application;

import dev.netbase.model.definition.DefinitionParser;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.expression.ExpressionCompiler;
import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.scheduler.platform.Database;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Workflow versions, compiled. They never change, so they are kept, up to a number. For the scheduler's thread alone. */
@ApplicationScoped
public class Definitions {
    private static final int KEPT = 2_000;
    private final Database database;
    private final DefinitionParser parser;
    private final Map<Key, Entry> compiled = new LinkedHashMap<>(64, 0.75f, true);

    /** One version of a workflow. */
    public record Key(long workflowId, int version) {}

    /** A compiled version and its workflow's name. */
    public record Entry(String workflow, WorkflowDefinition definition) {}

    public Definitions(Database database) {
        this.database = database;
        // Definitions were checked against the operator's caps when posted; the worker clamps what it runs.
        this.parser = new DefinitionParser(new ExpressionCompiler(), LimitCaps.unbounded());
    }

    /** The versions asked for that exist and compile. */
    public Map<Key, Entry> get(Collection<Key> keys) {
        List<Key> missing = keys.stream()
                .distinct()
                .filter(key -> !compiled.containsKey(key))
                .toList();
        if (!missing.isEmpty()) {
            load(missing);
        }
        Map<Key, Entry> found = new HashMap<>();
        for (Key key : keys) {
            Entry entry = compiled.get(key);
            if (entry != null) {
                found.put(key, entry);
            }
        }
        while (compiled.size() > KEPT) {
            compiled.remove(compiled.keySet().iterator().next());
        }
        return found;
    }

    private void load(List<Key> keys) {
        List<Row> rows = database.query(
                """
                select w.id, w.name, v.version, v.definition::text as definition
                from unnest($1::bigint[], $2::int[]) k (workflow_id, version)
                join workflow_versions v on v.workflow_id = k.workflow_id and v.version = k.version
                join workflows w on w.id = v.workflow_id""",
                Tuple.of(
                        keys.stream().map(Key::workflowId).toArray(Long[]::new),
                        keys.stream().map(Key::version).toArray(Integer[]::new)));
        for (Row row : rows) {
            if (parser.parse(Json.parse(row.getString("definition")))
                    instanceof DefinitionParser.Result.Valid(WorkflowDefinition definition)) {
                compiled.put(
                        new Key(row.getLong("id"), row.getInteger("version")),
                        new Entry(row.getString("name"), definition));
            }
        }
    }
}
