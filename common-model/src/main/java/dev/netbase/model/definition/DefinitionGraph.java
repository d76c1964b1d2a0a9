package dev.netbase.model.definition;

import dev.netbase.model.expression.Template;
import dev.netbase.model.problem.FieldProblem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What can be wrong between nodes: unknown and circular dependencies, references to nodes that may not have ended. */
final class DefinitionGraph {
    private final List<NodeDefinition> nodes;
    private final Map<String, NodeDefinition> byKey;
    private final List<FieldProblem> problems;

    private DefinitionGraph(List<NodeDefinition> nodes, List<FieldProblem> problems) {
        this.nodes = nodes;
        this.byKey = DefinitionParser.byKey(nodes);
        this.problems = problems;
    }

    static void check(List<NodeDefinition> nodes, Optional<Template> output, List<FieldProblem> problems) {
        DefinitionGraph graph = new DefinitionGraph(nodes, problems);
        Set<String> repeated = DefinitionParser.repeated(nodes);
        for (int i = 0; i < nodes.size(); i++) {
            if (!nodes.get(i).key().isEmpty() && repeated.contains(nodes.get(i).key())) {
                graph.problem(i, "key", "'" + nodes.get(i).key() + "' is the key of more than one node");
            }
        }
        if (graph.dependenciesExist() && graph.isAcyclic()) {
            graph.checkReferences();
            output.ifPresent(graph::checkOutput);
        }
    }

    private boolean dependenciesExist() {
        boolean exist = true;
        for (int i = 0; i < nodes.size(); i++) {
            for (String dependency : nodes.get(i).dependsOn()) {
                if (!byKey.containsKey(dependency)) {
                    problem(
                            i,
                            "depends_on",
                            "node '" + nodes.get(i).key() + "' depends on '" + dependency + "', which is not a node");
                    exist = false;
                }
            }
        }
        return exist;
    }

    private boolean isAcyclic() {
        Map<String, Integer> open = new HashMap<>();
        Map<String, List<String>> dependents = new HashMap<>();
        Deque<String> ready = new ArrayDeque<>();
        for (NodeDefinition node : byKey.values()) {
            open.put(node.key(), node.dependsOn().size());
            if (node.dependsOn().isEmpty()) {
                ready.add(node.key());
            }
            node.dependsOn()
                    .forEach(dependency -> dependents
                            .computeIfAbsent(dependency, any -> new ArrayList<>())
                            .add(node.key()));
        }
        while (!ready.isEmpty()) {
            String key = ready.remove();
            open.remove(key);
            for (String dependent : dependents.getOrDefault(key, List.of())) {
                if (open.merge(dependent, -1, Integer::sum) == 0) {
                    ready.add(dependent);
                }
            }
        }
        if (open.isEmpty()) {
            return true;
        }
        List<String> cycle = cycleAmong(open.keySet());
        for (int i = 0; i < nodes.size(); i++) {
            if (nodes.get(i).key().equals(cycle.getFirst())) {
                problem(i, "depends_on", "the nodes form a cycle: " + String.join(" -> ", cycle));
                break;
            }
        }
        return false;
    }

    /** A cycle among nodes of which each depends on another of them. */
    private List<String> cycleAmong(Set<String> keys) {
        List<String> path = new ArrayList<>();
        String at = keys.stream().sorted().findFirst().orElseThrow();
        while (!path.contains(at)) {
            path.add(at);
            NodeDefinition node = byKey.get(at);
            if (node == null) {
                throw new IllegalStateException("not a node: " + at);
            }
            at = node.dependsOn().stream().filter(keys::contains).findFirst().orElseThrow();
        }
        List<String> cycle = new ArrayList<>(path.subList(path.indexOf(at), path.size()));
        cycle.add(at);
        return cycle;
    }

    private void checkReferences() {
        for (NodeDefinition node : nodes) {
            Set<String> ancestors = ancestors(node);
            boolean each = node.forEach().isPresent();
            node.inputs().ifPresent(inputs -> checkTemplate(inputs, node, ancestors, each));
            node.forEach().ifPresent(forEach -> checkTemplate(forEach, node, ancestors, false));
            node.when().ifPresent(when -> checkTemplate(when, node, ancestors, false));
            for (FileTemplate file : node.files()) {
                checkTemplate(file.path(), node, ancestors, each);
                checkTemplate(file.from(), node, ancestors, each);
            }
        }
    }

    private void checkTemplate(Template template, NodeDefinition node, Set<String> ancestors, boolean each) {
        for (Template.Placed placed : template.expressions()) {
            for (String referenced : placed.expression().nodes()) {
                if (!ancestors.contains(referenced)) {
                    String reason = byKey.containsKey(referenced)
                            ? "which it does not depend on; add it to depends_on"
                            : "which is not a node";
                    problems.add(new FieldProblem(
                            placed.field(), "node '" + node.key() + "' refers to '" + referenced + "', " + reason));
                }
            }
            for (String name : List.of("item", "index")) {
                if (!each && placed.expression().names().contains(name)) {
                    problems.add(new FieldProblem(
                            placed.field(),
                            "node '" + node.key() + "' uses " + name
                                    + ", which only the inputs and files of a for_each have"));
                }
            }
        }
    }

    private void checkOutput(Template output) {
        for (Template.Placed placed : output.expressions()) {
            for (String referenced : placed.expression().nodes()) {
                if (!byKey.containsKey(referenced)) {
                    problems.add(
                            new FieldProblem(placed.field(), "refers to '" + referenced + "', which is not a node"));
                }
            }
            for (String name : List.of("item", "index")) {
                if (placed.expression().names().contains(name)) {
                    problems.add(new FieldProblem(
                            placed.field(), "uses " + name + ", which only the inputs of a for_each have"));
                }
            }
        }
    }

    private Set<String> ancestors(NodeDefinition node) {
        Set<String> ancestors = new HashSet<>();
        Deque<String> open = new ArrayDeque<>(node.dependsOn());
        while (!open.isEmpty()) {
            String key = open.remove();
            NodeDefinition ancestor = byKey.get(key);
            if (ancestors.add(key) && ancestor != null) {
                open.addAll(ancestor.dependsOn());
            }
        }
        return ancestors;
    }

    private void problem(int node, String field, String message) {
        problems.add(new FieldProblem("definition.nodes[" + node + "]." + field, message));
    }
}
