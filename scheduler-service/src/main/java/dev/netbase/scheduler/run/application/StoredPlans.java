package dev.netbase.scheduler.run.application;

import dev.netbase.model.json.Json;
import dev.netbase.scheduler.run.domain.NodePlan;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a run fixed for its nodes, as {@code workflow_runs.specs} has it: a number for an agent's spec, an object of
 * {@code workflow_id} and {@code version} for a sub-workflow.
 */
public final class StoredPlans {
    private static final String WORKFLOW = "workflow_id";
    private static final String VERSION = "version";

    private StoredPlans() {}

    /** The plans as a JSON object. */
    public static Map<String, @Nullable Object> write(Map<String, NodePlan> plans) {
        Map<String, @Nullable Object> written = new LinkedHashMap<>();
        plans.forEach((node, plan) -> written.put(
                node,
                switch (plan) {
                    case NodePlan.Agent agent -> agent.specId();
                    case NodePlan.SubWorkflow workflow ->
                        Map.of(WORKFLOW, workflow.workflowId(), VERSION, workflow.version());
                }));
        return written;
    }

    /** The ids of specs among stored plans. */
    public static Set<Long> specIds(Map<String, @Nullable Object> stored) {
        Set<Long> ids = new HashSet<>();
        stored.values().forEach(value -> {
            if (value instanceof Number id) {
                ids.add(id.longValue());
            }
        });
        return ids;
    }

    /** The plans that were stored. */
    public static Map<String, NodePlan> read(Map<String, @Nullable Object> stored, Map<Long, SpecInfo> specs) {
        Map<String, NodePlan> plans = new LinkedHashMap<>();
        stored.forEach((node, value) -> plans.put(node, plan(value, specs)));
        return plans;
    }

    private static NodePlan plan(@Nullable Object value, Map<Long, SpecInfo> specs) {
        return switch (value) {
            case Number id -> agent(id.longValue(), specs);
            case Map<?, ?> workflow
            when workflow.get(WORKFLOW) instanceof Number id && workflow.get(VERSION) instanceof Number version ->
                new NodePlan.SubWorkflow(id.longValue(), version.intValue());
            case null, default -> throw new IllegalStateException("not a stored plan: " + value);
        };
    }

    /** The plan of a spec. */
    public static NodePlan.Agent agent(long specId, Map<Long, SpecInfo> specs) {
        SpecInfo info = specs.get(specId);
        if (info == null) {
            throw new IllegalStateException("no task_specs row " + specId);
        }
        return new NodePlan.Agent(
                specId, info.config().get("inputs") instanceof Map<?, ?> inputs ? Json.asObject(inputs) : null);
    }
}
