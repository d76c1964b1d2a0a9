package dev.netbase.model.definition;

import java.util.List;
import java.util.Optional;

/** Reads what a node executes: {@code agent}, or {@code workflow} with an optional {@code version}. */
final class NodeTargetParser {
    /** What is the sub-workflow's own matter. */
    private static final List<String> OF_AGENTS = List.of("config", "timeout");

    private NodeTargetParser() {}

    static NodeTarget parse(Fields node) {
        if (!node.has("workflow")) {
            if (node.has("version")) {
                node.problem("version", "has a meaning only beside workflow");
            }
            return new NodeTarget.Agent(node.string("agent", true));
        }
        if (node.has("agent")) {
            node.problem("workflow", "cannot stand beside agent: a node executes one of them");
        }
        for (String name : OF_AGENTS) {
            if (node.has(name)) {
                node.problem(name, "has no meaning beside workflow; set it in the sub-workflow's own definition");
            }
        }
        return new NodeTarget.Workflow(node.string("workflow", true), version(node));
    }

    private static Optional<Integer> version(Fields node) {
        if (!node.has("version")) {
            return Optional.empty();
        }
        long version = node.integer("version", 1);
        if (version < 1 || version > Integer.MAX_VALUE) {
            node.problem("version", "must be at least 1");
            return Optional.empty();
        }
        return Optional.of((int) version);
    }
}
