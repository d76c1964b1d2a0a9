package dev.netbase.scheduler.dispatch;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.netbase.model.definition.NodeTarget;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.scheduler.platform.SchedulerConfig;
import dev.netbase.scheduler.run.application.ActiveRun;
import dev.netbase.scheduler.run.application.SpecInfo;
import dev.netbase.scheduler.run.domain.NodePlan;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one run's advance gives to workers, in groups. */
final class WorkerTasks {
    private final ActiveRun run;
    private final Map<Long, SpecInfo> specs;
    private final SchedulerConfig config;
    private final @Nullable String hintChannel;
    private final GroupPacker packer;

    /** @param hintChannel where outcomes would be told that are worth it; null for nowhere */
    WorkerTasks(
            ActiveRun run,
            Map<Long, SpecInfo> specs,
            SchedulerConfig config,
            @Nullable String hintChannel,
            Instant now) {
        this.run = run;
        this.specs = specs;
        this.config = config;
        this.hintChannel = hintChannel;
        this.packer = new GroupPacker(
                run.id(), run.priority(), config.maxGroupSize(), config.maxGroupBytes(), now.toEpochMilli());
    }

    SpecInfo spec(NodePlan.Agent plan) {
        return Objects.requireNonNull(specs.get(plan.specId()));
    }

    /** The smaller of the node's and the agent's limit. */
    long timeoutMs(String node, SpecInfo spec) {
        long limit = spec.config().get("limits") instanceof Map<?, ?> limits
                        && limits.get(TaskLimit.TIMEOUT_MS.key()) instanceof Number number
                ? number.longValue()
                : TaskLimit.TIMEOUT_MS.defaultValue();
        return run.state()
                .definition()
                .node(node)
                .timeout()
                .map(timeout -> Math.min(timeout.toMillis(), limit))
                .orElse(limit);
    }

    /**
     * Puts a task into a group, unless its agent's tasks wait for {@link AgentGate} to give them one.
     *
     * @param deaths as {@link GroupPacker#add} takes them
     */
    void add(long id, int attempt, String node, @Nullable Integer index, SpecInfo spec, String inputs, int deaths) {
        if (!isGated(node)) {
            TaskGroup.Task task = new TaskGroup.Task(
                    id,
                    attempt,
                    node,
                    index,
                    spec.id(),
                    spec.agentType(),
                    spec.modulePath(),
                    spec.checksum(),
                    spec.configJson(),
                    new RawValue(inputs),
                    timeoutMs(node, spec),
                    index == null && isHintWanted(node) ? hintChannel : null);
            packer.add(task, deaths);
        }
    }

    /**
     * Whether the end of this node would be followed by something plain at once, which could be written together with
     * it: other nodes that wait for nothing else, or the end of the run.
     */
    private boolean isHintWanted(String node) {
        WorkflowDefinition definition = run.state().definition();
        List<String> dependents = definition.dependents(node);
        if (dependents.isEmpty()) {
            return definition.sinks().size() == 1 && run.state().facts().parent() == null;
        }
        return dependents.stream()
                .map(definition::node)
                .allMatch(dependent -> dependent.dependsOn().size() == 1
                        && dependent.forEach().isEmpty()
                        && dependent.target() instanceof NodeTarget.Agent);
    }

    /** All groups; nothing can be added any more. */
    List<GroupPacker.Packed> groups() {
        return packer.finish();
    }

    private boolean isGated(String node) {
        return run.state().definition().node(node).target() instanceof NodeTarget.Agent(String agent)
                && config.agentLimits().containsKey(agent);
    }
}
