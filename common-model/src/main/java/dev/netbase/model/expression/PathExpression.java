package dev.netbase.model.expression;

import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An expression that only names a value, such as {@code nodes.split.output.chunks[0]}. Evaluated directly: values pass
 * as they are, numbers with every digit, large ones as the references they came as.
 */
final class PathExpression implements Expression {
    private final String root;
    private final List<Object> steps;
    private final References references;

    private PathExpression(String root, List<Object> steps, References references) {
        this.root = root;
        this.steps = steps;
        this.references = references;
    }

    static Optional<PathExpression> of(CelExpr expression, References references) {
        Deque<Object> steps = new ArrayDeque<>();
        CelExpr at = expression;
        while (at.exprKind().getKind() != CelExpr.ExprKind.Kind.IDENT) {
            Optional<Object> step = anyStep(at);
            if (step.isEmpty()) {
                return Optional.empty();
            }
            steps.addFirst(step.get());
            at = at.exprKind().getKind() == CelExpr.ExprKind.Kind.SELECT
                    ? at.select().operand()
                    : at.call().args().getFirst();
        }
        String root = at.ident().name();
        return ExpressionCompiler.variables().contains(root)
                ? Optional.of(new PathExpression(root, List.copyOf(steps), references))
                : Optional.empty();
    }

    private static Optional<Object> anyStep(CelExpr expression) {
        Optional<String> name = References.step(expression);
        if (name.isPresent()) {
            return Optional.of(name.get());
        }
        if (expression.exprKind().getKind() == CelExpr.ExprKind.Kind.CALL
                && expression.call().function().equals("_[_]")
                && expression.call().args().get(1).exprKind().getKind() == CelExpr.ExprKind.Kind.CONSTANT
                && expression.call().args().get(1).constant().getKind() == CelConstant.Kind.INT64_VALUE) {
            return Optional.of(expression.call().args().get(1).constant().int64Value());
        }
        return Optional.empty();
    }

    @Override
    public Kind kind() {
        if (root.equals("nodes") && steps.size() == 2 && steps.get(1).equals("artifacts")) {
            return Kind.LIST;
        }
        return root.equals("index") ? Kind.OTHER : Kind.ANY;
    }

    @Override
    public Set<String> names() {
        return references.names();
    }

    @Override
    public Set<String> nodes() {
        return references.nodes();
    }

    @Override
    public @Nullable Object evaluate(Scope scope) {
        List<Object> rest = steps;
        Object value;
        switch (root) {
            case "inputs" -> value = scope.inputs();
            case "item" -> value = scope.item();
            case "index" -> value = scope.index();
            case "nodes" -> {
                String node = (String) steps.get(0);
                value = steps.get(1).equals("output") ? scope.output(node) : scope.artifacts(node);
                rest = steps.subList(2, steps.size());
            }
            default -> throw new IllegalStateException("not a variable: " + root);
        }
        List<Object> walked = new ArrayList<>();
        for (Object step : rest) {
            value = select(scope.resolve(value), step, walked);
            walked.add(step);
        }
        return value;
    }

    private @Nullable Object select(@Nullable Object value, Object step, List<Object> walked) {
        if (value instanceof Map<?, ?> map && step instanceof String key) {
            if (!map.containsKey(key)) {
                throw new ExpressionException("key '" + key + "' is not present in " + describe(walked));
            }
            return map.get(key);
        }
        if (value instanceof List<?> list && step instanceof Long index) {
            if (index < 0 || index >= list.size()) {
                throw new ExpressionException(
                        "index " + index + " is out of bounds of " + describe(walked) + ", a list of " + list.size());
            }
            return list.get(Math.toIntExact(index));
        }
        throw new ExpressionException(describe(walked) + " has no '" + step + "': it is " + kind(value));
    }

    private String describe(List<Object> walked) {
        StringBuilder path = new StringBuilder(root);
        if (root.equals("nodes")) {
            path.append('.').append(steps.get(0)).append('.').append(steps.get(1));
        }
        walked.forEach(step -> path.append(step instanceof Long ? "[" + step + "]" : "." + step));
        return path.toString();
    }

    private static String kind(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> map -> "an object";
            case List<?> list -> "a list";
            case String text -> "a string";
            case Boolean bool -> "a boolean";
            default -> "a number";
        };
    }
}
