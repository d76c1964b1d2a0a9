package dev.netbase.scheduler.run.domain;

import dev.netbase.model.definition.Durations;
import dev.netbase.model.definition.ElementFailurePolicy;
import dev.netbase.model.definition.FileTemplate;
import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.NodeTarget;
import dev.netbase.model.definition.WorkflowDefinition;
import dev.netbase.model.expression.ExpressionException;
import dev.netbase.model.expression.ValueSize;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** Evaluates what a definition says with expressions: whether a node runs, over what, with which inputs, and the outcome. */
final class NodeStarter {
    /** Why an element is stopped, or never begins. */
    static final TaskFailure ANOTHER_FAILED =
            new TaskFailure(TaskErrorCode.CANCELLED, "another element failed, and on_element_failure is fail_fast");

    private final WorkflowDefinition definition;
    private final Map<String, NodePlan> plans;
    private final RunScope scope;
    private final Decider.Limits limits;
    private final LongSupplier taskIds;
    private final int depth;

    /** How a node starts. */
    sealed interface Start {
        /** With these tasks. */
        record Dispatch(List<RunChange.NewTask> tasks) implements Start {}

        /** Not at all: {@code when} is false. */
        record Skip() implements Start {}

        /** With nothing to do: {@code for_each} is empty. */
        record Nothing() implements Start {}

        /** Not at all: an expression failed. */
        record Fail(TaskFailure failure) implements Start {}
    }

    NodeStarter(RunState run, RunScope scope, Decider.Limits limits, LongSupplier taskIds) {
        this.definition = run.definition();
        this.plans = run.plans();
        this.scope = scope;
        this.limits = limits;
        this.taskIds = taskIds;
        this.depth = run.facts().depth();
    }

    Start start(NodeDefinition node) {
        try {
            if (node.when().isPresent() && !isTrue(node.when().get().evaluate(scope.again()))) {
                return new Start.Skip();
            }
            if (node.target() instanceof NodeTarget.Workflow && depth >= limits.maxDepth()) {
                return new Start.Fail(new TaskFailure(
                        TaskErrorCode.TOO_DEEP,
                        "node '" + node.key() + "': " + depth + " runs are above this one; " + limits.maxDepth()
                                + " are allowed above a sub-workflow's"));
            }
            if (node.forEach().isEmpty()) {
                return new Start.Dispatch(List.of(task(node, scope.again(), null)));
            }
            Object elements = scope.resolve(node.forEach().get().evaluate(scope.again()));
            if (!(elements instanceof List<?> list)) {
                throw new ExpressionException("for_each must give a list");
            }
            if (list.size() > limits.maxElements()) {
                throw new ExpressionException(
                        "for_each has " + list.size() + " elements; " + limits.maxElements() + " are allowed");
            }
            if (list.isEmpty()) {
                return new Start.Nothing();
            }
            int tasksSoFar = scope.tasks(definition);
            if (tasksSoFar + list.size() > limits.maxTasks()) {
                throw new ExpressionException("for_each has " + list.size() + " elements, and the run " + tasksSoFar
                        + " tasks already; " + limits.maxTasks() + " are allowed in all");
            }
            List<RunChange.NewTask> tasks = new ArrayList<>(list.size());
            long bytes = 0;
            for (int i = 0; i < list.size(); i++) {
                RunChange.NewTask task = task(node, scope.forElement(list.get(i), i), i);
                tasks.add(task);
                bytes += ValueSize.of(task.inputs());
                if (bytes > limits.maxInputBytes()) {
                    throw new ExpressionException("the inputs of its elements take over " + limits.maxInputBytes()
                            + " bytes of memory together, up to the element " + i
                            + "; give what is large, or the same for all, as a file or by its artifact");
                }
            }
            return new Start.Dispatch(
                    node.onElementFailure() == ElementFailurePolicy.FAIL_FAST ? noneIfAnyFails(tasks) : tasks);
        } catch (ExpressionException e) {
            return new Start.Fail(invalid(node, e));
        }
    }

    private static List<RunChange.NewTask> noneIfAnyFails(List<RunChange.NewTask> tasks) {
        if (tasks.stream().allMatch(task -> task.failure() == null)) {
            return tasks;
        }
        return tasks.stream()
                .map(task -> task.failure() == null
                        ? new RunChange.NewTask(task.id(), task.index(), null, ANOTHER_FAILED)
                        : task)
                .toList();
    }

    private static boolean isTrue(@Nullable Object value) {
        if (value instanceof Boolean bool) {
            return bool;
        }
        throw new ExpressionException("when must give true or false");
    }

    private RunChange.NewTask task(NodeDefinition node, RunScope at, @Nullable Integer index) {
        long id = taskIds.getAsLong();
        try {
            return new RunChange.NewTask(id, index, inputs(node, at), null, FileTemplate.evaluate(node.files(), at));
        } catch (ExpressionException e) {
            return new RunChange.NewTask(id, index, null, invalid(node, e));
        }
    }

    private static TaskFailure invalid(NodeDefinition node, ExpressionException e) {
        return new TaskFailure(TaskErrorCode.INVALID_EXPRESSION, "node '" + node.key() + "': " + e.getMessage());
    }

    private @Nullable Object inputs(NodeDefinition node, RunScope at) {
        Object inputs = evaluate(node, at);
        if (node.target() instanceof NodeTarget.Workflow && !(at.resolve(inputs) instanceof Map<?, ?>)) {
            throw new ExpressionException("the inputs of a sub-workflow must be an object");
        }
        return inputs;
    }

    private @Nullable Object evaluate(NodeDefinition node, RunScope at) {
        Map<String, @Nullable Object> defaults =
                plans.get(node.key()) instanceof NodePlan.Agent agent ? agent.defaultInputs() : null;
        if (node.inputs().isPresent()) {
            Object inputs = node.inputs().get().evaluate(at);
            return defaults != null && inputs instanceof Map<?, ?> own ? merged(defaults, own) : inputs;
        }
        if (defaults != null) {
            return defaults;
        }
        Map<String, @Nullable Object> dependencies = new LinkedHashMap<>();
        for (String dependency : node.dependsOn()) {
            Map<String, @Nullable Object> one = new LinkedHashMap<>();
            one.put("output", at.output(dependency));
            dependencies.put(dependency, one);
        }
        Map<String, @Nullable Object> inputs = new LinkedHashMap<>();
        inputs.put("inputs", at.inputs());
        inputs.put("nodes", dependencies);
        return inputs;
    }

    private static Map<String, @Nullable Object> merged(Map<String, @Nullable Object> defaults, Map<?, ?> own) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(defaults);
        own.forEach((key, value) -> merged.put(String.valueOf(key), value));
        return merged;
    }

    /** How a run ends whose nodes have all ended. */
    RunChange.RunEnded outcome(Map<String, NodeProgress> nodes, Stop stop) {
        return switch (stop) {
            case NONE -> outcome(nodes);
            case CANCELLED, BY_PARENT -> new RunChange.RunEnded(RunStatus.CANCELLED, null, null);
            case TIMED_OUT ->
                failed(
                        new TaskFailure(
                                TaskErrorCode.TIMEOUT,
                                "the run took longer than its timeout of "
                                        + definition
                                                .timeout()
                                                .map(Durations::format)
                                                .orElse("0s")),
                        null);
        };
    }

    private RunChange.RunEnded outcome(Map<String, NodeProgress> nodes) {
        for (NodeDefinition node : definition.nodes()) {
            NodeProgress progress = nodes.get(node.key());
            if (progress != null && progress.status() == NodeProgress.Status.FAILED && progress.failure() != null) {
                return failed(progress.failure(), node.key());
            }
        }
        try {
            return new RunChange.RunEnded(RunStatus.COMPLETED, output(), null);
        } catch (ExpressionException e) {
            return failed(new TaskFailure(TaskErrorCode.INVALID_EXPRESSION, "output: " + e.getMessage()), null);
        }
    }

    private static RunChange.RunEnded failed(TaskFailure failure, @Nullable String node) {
        return new RunChange.RunEnded(RunStatus.FAILED, null, new RunChange.RunError(failure, node));
    }

    private @Nullable Object output() {
        if (definition.output().isPresent()) {
            return definition.output().get().evaluate(scope.again());
        }
        Map<String, @Nullable Object> outputs = new LinkedHashMap<>();
        definition.sinks().forEach(key -> outputs.put(key, scope.output(key)));
        return outputs;
    }
}
