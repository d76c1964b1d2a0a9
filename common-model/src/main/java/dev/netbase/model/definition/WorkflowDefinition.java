package dev.netbase.model.definition;

import dev.netbase.model.expression.Template;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * A workflow, parsed, checked and compiled: every node's dependencies are known and there is no cycle. Immutable.
 */
public final class WorkflowDefinition {
    private final Map<String, NodeDefinition> nodes;
    private final Map<String, List<String>> dependents;
    private final Optional<Template> output;
    private final boolean kafkaTriggers;
    private final Optional<Duration> timeout;
    private final StartSettings start;

    WorkflowDefinition(
            List<NodeDefinition> nodes,
            Optional<Template> output,
            boolean kafkaTriggers,
            Optional<Duration> timeout,
            StartSettings start) {
        this.nodes = new LinkedHashMap<>();
        this.dependents = new LinkedHashMap<>();
        for (NodeDefinition node : nodes) {
            this.nodes.put(node.key(), node);
            this.dependents.put(node.key(), new ArrayList<>());
        }
        for (NodeDefinition node : nodes) {
            node.dependsOn()
                    .forEach(dependency ->
                            Objects.requireNonNull(dependents.get(dependency)).add(node.key()));
        }
        this.output = output;
        this.kafkaTriggers = kafkaTriggers;
        this.timeout = timeout;
        this.start = start;
    }

    /** All nodes in the order of the definition. */
    public List<NodeDefinition> nodes() {
        return List.copyOf(nodes.values());
    }

    /**
     * A node by its key.
     *
     * @throws IllegalArgumentException if there is none
     */
    public NodeDefinition node(String key) {
        NodeDefinition node = nodes.get(key);
        if (node == null) {
            throw new IllegalArgumentException("no node " + key);
        }
        return node;
    }

    /** How many nodes there are. */
    public int size() {
        return nodes.size();
    }

    /** The nodes that depend directly on this one. */
    public List<String> dependents(String key) {
        return List.copyOf(dependents.getOrDefault(key, List.of()));
    }

    /** Nodes that no other depends on, in the order of the definition. */
    public List<String> sinks() {
        return nodes.keySet().stream()
                .filter(key -> dependents.getOrDefault(key, List.of()).isEmpty())
                .toList();
    }

    /** What the run answers; empty means an object of the sinks' outputs by their keys. */
    public Optional<Template> output() {
        return output;
    }

    /** Whether a Kafka record may start a run. */
    public boolean kafkaTriggers() {
        return kafkaTriggers;
    }

    /** The most time a run takes, from its start; empty means no bound. */
    public Optional<Duration> timeout() {
        return timeout;
    }

    /** What is said about starting runs. */
    public StartSettings start() {
        return start;
    }
}
