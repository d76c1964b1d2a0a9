package dev.netbase.scheduler.run.domain;

import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.expression.ValueSize;
import dev.netbase.model.run.RunStatus;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All that decisions about a run depend on. Immutable.
 *
 * @param version how often the run has been advanced in the database
 * @param plans for every node what was fixed at the start; empty before it, unless it repeats another run exactly
 * @param nodes every node of the definition
 */
public record RunState(
        String runId,
        WorkflowDefinition definition,
        @Nullable Object inputs,
        long version,
        RunStatus status,
        Stop stop,
        RunFacts facts,
        Map<String, NodePlan> plans,
        Map<String, NodeProgress> nodes) {

    public RunState {
        nodes = Collections.unmodifiableMap(nodes);
    }

    /** A run by itself that nothing has been decided about. */
    public static RunState pending(
            String runId, WorkflowDefinition definition, @Nullable Object inputs, Map<String, NodePlan> plans) {
        Map<String, NodeProgress> nodes = new LinkedHashMap<>();
        definition.nodes().forEach(node -> nodes.put(node.key(), NodeProgress.WAITING));
        return new RunState(runId, definition, inputs, 0, RunStatus.PENDING, Stop.NONE, RunFacts.NEW, plans, nodes);
    }

    /** The same run with what was fixed for its nodes. */
    public RunState planned(Map<String, NodePlan> fixed) {
        return new RunState(runId, definition, inputs, version, status, stop, facts, fixed, nodes);
    }

    /** The same run, ended as failed before any of its nodes began. */
    public Transition refused(TaskFailure reason) {
        RunState ended = new RunState(runId, definition, inputs, version, RunStatus.FAILED, stop, facts, plans, nodes);
        return new Transition(
                ended,
                List.of(
                        new RunChange.RunStarted(),
                        new RunChange.RunEnded(RunStatus.FAILED, null, new RunChange.RunError(reason, null))));
    }

    /** The same run, known to have been advanced once more. */
    public RunState advanced() {
        return new RunState(runId, definition, inputs, version + 1, status, stop, facts, plans, nodes);
    }

    /** A node's progress. */
    public NodeProgress node(String key) {
        return nodes.getOrDefault(key, NodeProgress.WAITING);
    }

    /** About how many bytes of memory the run takes while it is under way, without its definition. */
    public long bytes() {
        long bytes = ValueSize.of(inputs);
        for (NodeProgress node : nodes.values()) {
            bytes += node.bytes();
        }
        return bytes;
    }

    /** When the run's time is up; empty while it has not started, and for one without a timeout. */
    public Optional<Instant> deadline() {
        Instant since = facts.since();
        return since == null ? Optional.empty() : definition.timeout().map(since::plus);
    }

    /**
     * How many rows of tasks, as far as this state knows, have a status that is final for their attempt: those that
     * ended, and those that only show how a node without tasks ended.
     */
    public long knownEnds() {
        long ends = 0;
        for (NodeProgress node : nodes.values()) {
            if (node.tasks().isEmpty()) {
                ends += switch (node.status()) {
                    case FAILED, CANCELLED, SKIPPED -> 1;
                    case WAITING, DISPATCHED, STOPPING, COMPLETED -> 0;
                };
            }
            for (TaskProgress task : node.tasks()) {
                ends += task.status().isEnded() ? 1 : 0;
            }
        }
        return ends;
    }
}
