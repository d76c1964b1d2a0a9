package dev.netbase.api.workflow.persistence;

import dev.netbase.api.workflow.application.WorkflowLinks;
import dev.netbase.model.definition.NodeTarget;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Links between workflows, read from their definitions. */
@ApplicationScoped
public class SqlWorkflowLinks implements WorkflowLinks {
    private static final String NAMED = """
            select k.place, node ->> 'workflow' as workflow, (node ->> 'version')::int as version
            from unnest($1::text[], $2::int[]) with ordinality as k (name, version, place)
            join workflows w on w.name = k.name
            join workflow_versions v on v.workflow_id = w.id and v.version = coalesce(k.version, w.latest_version)
            left join lateral json_array_elements(v.definition -> 'nodes') node on node ->> 'workflow' is not null""";

    private final Pool pool;

    SqlWorkflowLinks(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<Map<NodeTarget.Workflow, Set<NodeTarget.Workflow>>> named(Collection<NodeTarget.Workflow> workflows) {
        List<NodeTarget.Workflow> wanted = List.copyOf(workflows);
        String[] names = wanted.stream().map(NodeTarget.Workflow::name).toArray(String[]::new);
        Integer[] versions =
                wanted.stream().map(workflow -> workflow.version().orElse(null)).toArray(Integer[]::new);
        return pool.preparedQuery(NAMED)
                .execute(Tuple.tuple().addArrayOfString(names).addArrayOfInteger(versions))
                .map(rows -> {
                    Map<NodeTarget.Workflow, Set<NodeTarget.Workflow>> links = new LinkedHashMap<>();
                    for (Row row : rows) {
                        Set<NodeTarget.Workflow> named = links.computeIfAbsent(
                                wanted.get((int) (row.getLong("place") - 1)), any -> new LinkedHashSet<>());
                        if (row.getString("workflow") != null) {
                            named.add(new NodeTarget.Workflow(
                                    row.getString("workflow"), Optional.ofNullable(row.getInteger("version"))));
                        }
                    }
                    return links;
                });
    }
}
