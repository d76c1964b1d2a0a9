package dev.netbase.scheduler.run.application;

import dev.netbase.model.definition.NodeTarget;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.scheduler.run.domain.NodePlan;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is fixed for the nodes of runs that are to start: which agents and workflows they are, and how configured. */
@ApplicationScoped
public class StartPlans {
    private final Specs specs;
    private final SubWorkflows subWorkflows;

    public StartPlans(Specs specs, SubWorkflows subWorkflows) {
        this.specs = specs;
        this.subWorkflows = subWorkflows;
    }

    /**
     * The plans by run; empty for a run whose definition names what is no longer there.
     *
     * @param pending runs that have not begun
     */
    Map<String, Optional<Map<String, NodePlan>>> of(List<ActiveRun> pending) {
        Map<String, Optional<Map<String, NodePlan>>> byRun = new LinkedHashMap<>();
        List<ActiveRun> open = new ArrayList<>();
        for (ActiveRun run : pending) {
            Map<String, NodePlan> fixed = run.state().plans();
            if (fixed.isEmpty()) {
                open.add(run);
            } else {
                byRun.put(run.id(), Optional.of(fixed));
            }
        }
        if (open.isEmpty()) {
            return byRun;
        }
        List<WorkflowDefinition> definitions =
                open.stream().map(run -> run.state().definition()).toList();
        Set<String> agents = new HashSet<>();
        Set<NodeTarget.Workflow> workflows = new HashSet<>();
        definitions.stream().flatMap(definition -> definition.nodes().stream()).forEach(node -> {
            switch (node.target()) {
                case NodeTarget.Agent(String name) -> agents.add(name);
                case NodeTarget.Workflow workflow -> workflows.add(workflow);
            }
        });
        List<Optional<Map<String, NodePlan>>> plans =
                specs.plan(definitions, specs.agents(agents), subWorkflows.versions(workflows));
        for (int i = 0; i < open.size(); i++) {
            byRun.put(open.get(i).id(), plans.get(i));
        }
        return byRun;
    }
}
