package dev.netbase.model.definition;

import dev.netbase.model.expression.Expression;
import dev.netbase.model.expression.ExpressionCompiler;
import dev.netbase.model.expression.Template;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.problem.FieldProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads workflow definitions as the contract gives them, and says all that is wrong with one at once. */
public final class DefinitionParser {
    /** The most nodes a definition may have. */
    public static final int MAX_NODES = 1_000;

    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Set<String> NODE_FIELDS = Set.of(
            "key",
            "agent",
            "workflow",
            "version",
            "depends_on",
            "inputs",
            "for_each",
            "on_element_failure",
            "when",
            "retry",
            "timeout",
            "config");

    private final ExpressionCompiler compiler;
    private final LimitCaps caps;

    public DefinitionParser(ExpressionCompiler compiler, LimitCaps caps) {
        this.compiler = compiler;
        this.caps = caps;
    }

    /** What a text turned out to be. */
    public sealed interface Result {
        /** A definition that can run. */
        record Valid(WorkflowDefinition definition) implements Result {}

        /** At least one problem; fields are paths below {@code definition}. */
        record Invalid(List<FieldProblem> problems) implements Result {}
    }

    /**
     * Parses and checks a definition. Whether its agents exist is for the caller to say.
     *
     * @param json the parsed JSON of the definition
     */
    public Result parse(@Nullable Object json) {
        List<FieldProblem> problems = new ArrayList<>();
        Fields root = Fields.of(json, "definition", problems);
        Set<String> known = new HashSet<>(Set.of("nodes", "output", "timeout", "triggers"));
        known.addAll(StartSettingsParser.FIELDS);
        root.allow(known);
        List<NodeDefinition> nodes = new ArrayList<>();
        List<?> items = root.list("nodes", true);
        if (items.isEmpty()) {
            root.problem("nodes", "must name at least one node");
        }
        if (items.size() > MAX_NODES) {
            root.problem("nodes", "has " + items.size() + " nodes; " + MAX_NODES + " are allowed");
            return new Result.Invalid(problems);
        }
        for (int i = 0; i < items.size(); i++) {
            nodes.add(node(Fields.of(items.get(i), "definition.nodes[" + i + "]", problems), problems));
        }
        Optional<Template> output = template(root, "output", problems);
        Optional<Duration> timeout = root.duration("timeout");
        Fields triggers = root.object("triggers");
        triggers.allow(Set.of("kafka"));
        boolean kafka = triggers.bool("kafka", true);
        StartSettings start = StartSettingsParser.parse(root, problems);
        DefinitionGraph.check(nodes, output, problems);
        return problems.isEmpty()
                ? new Result.Valid(new WorkflowDefinition(nodes, output, kafka, timeout, start))
                : new Result.Invalid(List.copyOf(problems));
    }

    private NodeDefinition node(Fields fields, List<FieldProblem> problems) {
        fields.allow(NODE_FIELDS);
        String key = fields.string("key", true);
        if (!key.isEmpty() && !KEY.matcher(key).matches()) {
            fields.problem("key", "'" + key + "' must match [A-Za-z0-9_-]{1,64}");
        }
        NodeTarget target = NodeTargetParser.parse(fields);
        Set<String> dependsOn = new LinkedHashSet<>();
        List<?> dependencies = fields.list("depends_on", false);
        for (int i = 0; i < dependencies.size(); i++) {
            if (!(dependencies.get(i) instanceof String dependency)) {
                fields.problem("depends_on[" + i + "]", "must be the key of a node");
            } else if (!dependsOn.add(dependency)) {
                fields.problem("depends_on[" + i + "]", "names '" + dependency + "' twice");
            }
        }
        Fields config = fields.object("config");
        problems.addAll(caps.check(config.get("limits"), fields.path() + ".config.limits"));
        return new NodeDefinition(
                key,
                target,
                List.copyOf(dependsOn),
                template(fields, "inputs", problems),
                forEach(fields, problems),
                onElementFailure(fields),
                when(fields, problems),
                RetryPolicyParser.parse(fields.object("retry")),
                fields.duration("timeout"),
                new LinkedHashMap<>(config.values()));
    }

    private Optional<Template> forEach(Fields fields, List<FieldProblem> problems) {
        Object value = fields.get("for_each");
        if (value != null && !(value instanceof List<?>) && !(value instanceof String)) {
            fields.problem("for_each", "must be an expression that gives a list, or a list");
            return Optional.empty();
        }
        Optional<Template> template = template(fields, "for_each", problems);
        if (value instanceof String && template.isPresent() && !(template.get() instanceof Template.Typed)) {
            fields.problem("for_each", "must be one expression as a whole, such as ${inputs.items}");
        }
        if (template.isPresent() && !mayGive(template.get(), Expression.Kind.LIST)) {
            fields.problem("for_each", "must give a list, which this expression never does");
        }
        return template;
    }

    private static ElementFailurePolicy onElementFailure(Fields fields) {
        String text = fields.string("on_element_failure", false);
        if (text.isEmpty()) {
            return ElementFailurePolicy.FAIL_LATE;
        }
        if (!fields.has("for_each")) {
            fields.problem("on_element_failure", "has a meaning only beside for_each");
        }
        Optional<ElementFailurePolicy> policy = ElementFailurePolicy.of(text);
        if (policy.isEmpty()) {
            fields.problem("on_element_failure", "must be fail_late, fail_fast or continue");
        }
        return policy.orElse(ElementFailurePolicy.FAIL_LATE);
    }

    private Optional<Template> when(Fields fields, List<FieldProblem> problems) {
        int before = problems.size();
        Optional<Template> template = template(fields, "when", problems);
        boolean mayHold = template.isEmpty()
                || problems.size() > before
                || (template.get() instanceof Template.Literal literal
                        ? literal.value() instanceof Boolean
                        : mayGive(template.get(), Expression.Kind.BOOLEAN));
        if (!mayHold) {
            fields.problem("when", "must give true or false, which this never does");
        }
        return template;
    }

    /** Whether a value of this kind may come of it; what is not one expression as a whole is text, an object or a list. */
    private static boolean mayGive(Template template, Expression.Kind wanted) {
        return switch (template) {
            case Template.Typed(Template.Placed placed) -> {
                Expression.Kind kind = placed.expression().kind();
                yield kind == Expression.Kind.ANY || kind == wanted;
            }
            case Template.OfList list -> wanted == Expression.Kind.LIST;
            // A text that does not compile, or is no expression, has a problem of its own.
            case Template.Literal literal -> wanted == Expression.Kind.LIST;
            case Template.Interpolated text -> wanted == Expression.Kind.LIST;
            case Template.OfObject object -> false;
        };
    }

    private Optional<Template> template(Fields fields, String name, List<FieldProblem> problems) {
        if (!fields.has(name)) {
            return Optional.empty();
        }
        return Optional.of(Template.compile(fields.get(name), fields.path() + "." + name, compiler, problems));
    }

    /** The keys that occur more than once. */
    static Set<String> repeated(List<NodeDefinition> nodes) {
        Set<String> seen = new HashSet<>();
        Set<String> repeated = new LinkedHashSet<>();
        for (NodeDefinition node : nodes) {
            if (!seen.add(node.key())) {
                repeated.add(node.key());
            }
        }
        return repeated;
    }

    /** The nodes by key; of repeated ones the first. */
    static Map<String, NodeDefinition> byKey(List<NodeDefinition> nodes) {
        Map<String, NodeDefinition> byKey = new LinkedHashMap<>();
        nodes.forEach(node -> byKey.putIfAbsent(node.key(), node));
        return byKey;
    }
}
