package dev.netbase.api.workflow.application;

import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.NodeTarget;
import dev.netbase.model.problem.FieldProblem;
import io.smallrye.mutiny.Uni;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Says what is wrong with the sub-workflows that a definition names: those that do not exist, and cycles through latest
 * versions. A cycle that a later version of another workflow closes is stopped by the limit of depth when it runs.
 */
final class SubWorkflowCheck {
    private final WorkflowLinks links;
    private final NodeTarget.Workflow self;
    private final List<NodeDefinition> nodes;
    private final Map<NodeTarget.Workflow, Set<NodeTarget.Workflow>> known = new LinkedHashMap<>();

    /**
     * @param name the workflow that is being defined
     */
    SubWorkflowCheck(WorkflowLinks links, String name, List<NodeDefinition> nodes) {
        this.links = links;
        this.self = new NodeTarget.Workflow(name, Optional.empty());
        this.nodes = nodes;
    }

    Uni<List<FieldProblem>> problems() {
        Set<NodeTarget.Workflow> named = new LinkedHashSet<>();
        nodes.forEach(node -> target(node).ifPresent(named::add));
        named.remove(self);
        return load(named).map(loaded -> {
            List<FieldProblem> problems = new ArrayList<>();
            for (int i = 0; i < nodes.size(); i++) {
                String field = "definition.nodes[" + i + "].workflow";
                NodeDefinition node = nodes.get(i);
                target(node)
                        .flatMap(workflow -> objection(node, workflow))
                        .ifPresent(message -> problems.add(new FieldProblem(field, message)));
            }
            return problems;
        });
    }

    private static Optional<NodeTarget.Workflow> target(NodeDefinition node) {
        return node.target() instanceof NodeTarget.Workflow workflow ? Optional.of(workflow) : Optional.empty();
    }

    /** Loads what these name, and what that names, until nothing is new. */
    private Uni<Void> load(Set<NodeTarget.Workflow> wanted) {
        if (wanted.isEmpty()) {
            return Uni.createFrom().voidItem();
        }
        return links.named(wanted).flatMap(found -> {
            known.putAll(found);
            Set<NodeTarget.Workflow> next = new LinkedHashSet<>();
            found.values().forEach(next::addAll);
            next.removeAll(known.keySet());
            next.removeAll(wanted);
            next.remove(self);
            return load(next);
        });
    }

    private Optional<String> objection(NodeDefinition node, NodeTarget.Workflow workflow) {
        if (!workflow.equals(self) && !known.containsKey(workflow)) {
            String version = workflow.version()
                    .map(number -> " with a version " + number)
                    .orElse("");
            return Optional.of("node '" + node.key() + "' names the workflow '" + workflow.name() + "'" + version
                    + ", which does not exist");
        }
        return pathToSelf(workflow)
                .map(path -> "node '" + node.key() + "': the workflows form a cycle: " + self.name() + " -> "
                        + String.join(" -> ", path));
    }

    /** How one comes from this workflow back to the one that is being defined. */
    private Optional<List<String>> pathToSelf(NodeTarget.Workflow from) {
        Map<NodeTarget.Workflow, List<String>> paths = new LinkedHashMap<>();
        paths.put(from, List.of(from.name()));
        Deque<NodeTarget.Workflow> open = new ArrayDeque<>(List.of(from));
        Set<NodeTarget.Workflow> seen = new HashSet<>(open);
        while (!open.isEmpty()) {
            NodeTarget.Workflow at = open.remove();
            List<String> path = paths.getOrDefault(at, List.of());
            if (at.equals(self)) {
                return Optional.of(path);
            }
            for (NodeTarget.Workflow next : known.getOrDefault(at, Set.of())) {
                if (seen.add(next)) {
                    List<String> longer = new ArrayList<>(path);
                    longer.add(next.name());
                    paths.put(next, longer);
                    open.add(next);
                }
            }
        }
        return Optional.empty();
    }
}
