package dev.netbase.scheduler.run.application;

import dev.netbase.model.definition.NodeTarget;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.run.domain.NodePlan;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Fixes the versions of sub-workflows, and stops their runs with the runs above. For the scheduler's thread alone. */
@ApplicationScoped
public class SubWorkflows {
    private final Database database;

    /**
     * A run whose runs below are to stop.
     *
     * @param node only those of this node; null for all
     */
    public record Stopped(String runId, Optional<String> node) {}

    public SubWorkflows(Database database) {
        this.database = database;
    }

    /** The versions of those workflows that exist, as they are now. */
    public Map<NodeTarget.Workflow, NodePlan.SubWorkflow> versions(Collection<NodeTarget.Workflow> targets) {
        Map<NodeTarget.Workflow, NodePlan.SubWorkflow> versions = new HashMap<>();
        if (targets.isEmpty()) {
            return versions;
        }
        List<NodeTarget.Workflow> wanted = List.copyOf(targets);
        for (Row row : database.query(
                """
                select k.place, w.id, v.version
                from unnest($1::text[], $2::int[]) with ordinality as k (name, version, place)
                join workflows w on w.name = k.name
                join workflow_versions v on v.workflow_id = w.id and v.version = coalesce(k.version, w.latest_version)""",
                Tuple.of(
                        wanted.stream().map(NodeTarget.Workflow::name).toArray(String[]::new),
                        wanted.stream()
                                .map(target -> target.version().orElse(null))
                                .toArray(Integer[]::new)))) {
            versions.put(
                    wanted.get((int) (row.getLong("place") - 1)),
                    new NodePlan.SubWorkflow(row.getLong("id"), row.getInteger("version")));
        }
        return versions;
    }

    /** Marks the unfinished runs below these as stopping; answers their ids. */
    public List<String> stop(List<Stopped> stopped) {
        if (stopped.isEmpty()) {
            return List.of();
        }
        List<String> ids = new ArrayList<>();
        for (Row row : database.query(
                """
                update workflow_runs c set
                    cancelling = true, check_at = clock_timestamp(),
                    stop_reason = case when c.cancelling then c.stop_reason else 'PARENT' end
                from unnest($1::text[], $2::text[]) as s (run_id, node_key), task_instances t
                where c.parent_run_id = s.run_id and c.finished_at is null
                    and t.run_id = c.parent_run_id and t.id = c.parent_task_id
                    and (s.node_key is null or t.node_key = s.node_key)
                returning c.id""",
                Tuple.of(
                        stopped.stream().map(Stopped::runId).toArray(String[]::new),
                        stopped.stream().map(one -> one.node().orElse(null)).toArray(String[]::new)))) {
            ids.add(row.getString("id"));
        }
        return ids;
    }
}
