package dev.netbase.model.definition;

import java.util.Optional;

/** What a node executes. */
public sealed interface NodeTarget {
    /** One task, or one per element, in a worker. */
    record Agent(String name) implements NodeTarget {}

    /**
     * One run of another workflow, or one per element.
     *
     * @param version empty means the latest when the parent's run starts
     */
    record Workflow(String name, Optional<Integer> version) implements NodeTarget {}
}
