package dev.netbase.scheduler.run.application;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.cache.RecentlyUsed;
import dev.netbase.model.definition.ConfigLayers;
import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.NodeTarget;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.json.Json;
import dev.netbase.model.task.AgentType;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.run.domain.NodePlan;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Fixes what a run's nodes will execute: agent, file and merged configuration as they are at the start, kept as
 * immutable rows of {@code task_specs} that all runs share. For the scheduler's thread alone.
 */
@ApplicationScoped
public class Specs {
    private static final int KEPT = 20_000;
    private final Database database;
    private final String modulesRoot;
    private final Map<String, Long> idsByDigest = new RecentlyUsed<>(KEPT);
    private final Map<Long, SpecInfo> infos = new RecentlyUsed<>(KEPT);

    /** An agent as the registry has it now. */
    public record Agent(
            long id,
            String name,
            AgentType type,
            long assetFileId,
            Map<String, @Nullable Object> fileConfig,
            Map<String, @Nullable Object> config) {}

    private record Wanted(String digest, Agent agent, String config) {}

    public Specs(Database database, @ConfigProperty(name = "netbase.modules.root") String modulesRoot) {
        this.database = database;
        this.modulesRoot = modulesRoot;
    }

    /** The agents of these names that exist, by name, as they are now. */
    public Map<String, Agent> agents(Collection<String> names) {
        List<Row> rows = database.query("""
                select a.id, a.name, a.agent_type, a.asset_file_id, a.config::text as config,
                       f.default_config::text as file_config
                from agents a join asset_files f on f.id = a.asset_file_id where a.name = any($1::text[])""", Tuple.of(names.stream().distinct().toArray(String[]::new)));
        Map<String, Agent> agents = new HashMap<>();
        for (Row row : rows) {
            String fileConfig = row.getString("file_config");
            agents.put(
                    row.getString("name"),
                    new Agent(
                            row.getLong("id"),
                            row.getString("name"),
                            AgentType.valueOf(row.getString("agent_type")),
                            row.getLong("asset_file_id"),
                            fileConfig == null ? Map.of() : Json.parseObject(fileConfig),
                            Json.parseObject(row.getString("config"))));
        }
        return agents;
    }

    /** For each definition the plans of its nodes, or empty where one names an agent or a workflow that is not there. */
    public List<Optional<Map<String, NodePlan>>> plan(
            List<WorkflowDefinition> definitions,
            Map<String, Agent> agents,
            Map<NodeTarget.Workflow, NodePlan.SubWorkflow> workflows) {
        Map<NodeDefinition, Wanted> wanted = new HashMap<>();
        for (WorkflowDefinition definition : definitions) {
            for (NodeDefinition node : definition.nodes()) {
                Agent agent = node.target() instanceof NodeTarget.Agent(String name) ? agents.get(name) : null;
                if (agent != null) {
                    wanted.computeIfAbsent(node, any -> want(node, agent));
                }
            }
        }
        makeSure(wanted.values());
        List<Optional<Map<String, NodePlan>>> plans = new ArrayList<>();
        for (WorkflowDefinition definition : definitions) {
            plans.add(plan(definition, wanted, workflows));
        }
        return plans;
    }

    private Optional<Map<String, NodePlan>> plan(
            WorkflowDefinition definition,
            Map<NodeDefinition, Wanted> wanted,
            Map<NodeTarget.Workflow, NodePlan.SubWorkflow> workflows) {
        Map<String, NodePlan> plans = new LinkedHashMap<>();
        Map<Long, SpecInfo> known = infos(definition.nodes().stream()
                .flatMap(node -> Optional.ofNullable(wanted.get(node)).stream())
                .map(one -> Objects.requireNonNull(idsByDigest.get(one.digest())))
                .toList());
        for (NodeDefinition node : definition.nodes()) {
            NodePlan plan = switch (node.target()) {
                case NodeTarget.Agent agent -> agentPlan(wanted.get(node), known);
                case NodeTarget.Workflow workflow -> workflows.get(workflow);
            };
            if (plan == null) {
                return Optional.empty();
            }
            plans.put(node.key(), plan);
        }
        return Optional.of(plans);
    }

    private @Nullable NodePlan agentPlan(@Nullable Wanted one, Map<Long, SpecInfo> known) {
        return one == null ? null : StoredPlans.agent(Objects.requireNonNull(idsByDigest.get(one.digest())), known);
    }

    private static Wanted want(NodeDefinition node, Agent agent) {
        Map<String, @Nullable Object> config = ConfigLayers.merge(agent.fileConfig(), agent.config(), node.config());
        String text = Json.write(config);
        String canonical = agent.id() + "\n" + agent.assetFileId() + "\n" + Json.write(new TreeMap<>(config));
        return new Wanted(Sha256.hex(canonical.getBytes(StandardCharsets.UTF_8)), agent, text);
    }

    private void makeSure(Collection<Wanted> wanted) {
        Map<String, Wanted> missing = new LinkedHashMap<>();
        for (Wanted one : wanted) {
            if (!idsByDigest.containsKey(one.digest())) {
                missing.put(one.digest(), one);
            }
        }
        if (missing.isEmpty()) {
            return;
        }
        List<Wanted> rows = List.copyOf(missing.values());
        database.query(
                        """
                        insert into task_specs as s (digest, agent_id, agent_type, asset_file_id, config)
                        select digest, agent_id, agent_type, asset_file_id, config::json
                        from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[], $5::text[])
                            as n (digest, agent_id, agent_type, asset_file_id, config)
                        on conflict (digest) do update set digest = excluded.digest
                        returning s.id, s.digest""",
                        Tuple.of(
                                rows.stream().map(Wanted::digest).toArray(String[]::new),
                                rows.stream().map(row -> row.agent().id()).toArray(Long[]::new),
                                rows.stream()
                                        .map(row -> row.agent().type().name())
                                        .toArray(String[]::new),
                                rows.stream()
                                        .map(row -> row.agent().assetFileId())
                                        .toArray(Long[]::new),
                                rows.stream().map(Wanted::config).toArray(String[]::new)))
                .forEach(row -> idsByDigest.put(row.getString("digest"), row.getLong("id")));
    }

    /** Specs by their ids. */
    public Map<Long, SpecInfo> infos(Collection<Long> ids) {
        Map<Long, SpecInfo> found = new HashMap<>();
        List<Long> missing = new ArrayList<>();
        for (Long id : ids) {
            SpecInfo info = infos.get(id);
            if (info == null) {
                missing.add(id);
            } else {
                found.put(id, info);
            }
        }
        if (!missing.isEmpty()) {
            List<Row> rows =
                    database.query("""
                    select s.id, s.agent_id, s.agent_type, s.config::text as config, f.relative_path, f.checksum,
                           v.version_string, p.nanoid
                    from task_specs s
                    join asset_files f on f.id = s.asset_file_id
                    join asset_versions v on v.id = f.version_id
                    join asset_packages p on p.id = v.package_id
                    where s.id = any($1::bigint[])""", Tuple.of(missing.stream().distinct().toArray(Long[]::new)));
            for (Row row : rows) {
                SpecInfo info = new SpecInfo(
                        row.getLong("id"),
                        row.getLong("agent_id"),
                        AgentType.valueOf(row.getString("agent_type")),
                        String.join(
                                "/",
                                modulesRoot,
                                row.getString("nanoid"),
                                row.getString("version_string"),
                                row.getString("relative_path")),
                        row.getString("checksum"),
                        Json.parseObject(row.getString("config")),
                        new RawValue(row.getString("config")));
                infos.put(info.id(), info);
                found.put(info.id(), info);
            }
        }
        return found;
    }
}
