package dev.netbase.model.expression;

import dev.cel.common.ast.CelExpr;
import dev.cel.common.types.CelType;
import dev.cel.common.values.CelByteString;
import dev.cel.common.values.NullValue;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An expression that CEL evaluates. JSON's numbers become CEL's: whole ones of up to 64 bits {@code int}, all others
 * {@code double}.
 */
final class CelExpression implements Expression {
    /** Operators that give one of the values that they get, or a part of it. */
    private static final Set<String> PASSING = Set.of("_?_:_", "_[_]");

    private final CelRuntime.Program program;
    private final References references;
    private final Kind kind;

    CelExpression(CelRuntime.Program program, References references, CelType type) {
        this.program = program;
        this.references = references;
        this.kind = switch (type.kind()) {
            case BOOL -> Kind.BOOLEAN;
            case LIST -> Kind.LIST;
            case DYN, ANY, TYPE_PARAM, ERROR, UNSPECIFIED -> Kind.ANY;
            case BYTES, DOUBLE, DURATION, INT, MAP, NULL_TYPE, OPAQUE, STRING, STRUCT, TIMESTAMP, TYPE, UINT ->
                Kind.OTHER;
        };
    }

    @Override
    public Kind kind() {
        return kind;
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
        Map<String, Object> variables = new HashMap<>();
        if (references.names().contains("inputs")) {
            variables.put("inputs", toCel(scope.inputs(), scope));
        }
        if (references.names().contains("item")) {
            variables.put("item", toCel(scope.item(), scope));
        }
        variables.put("index", scope.index());
        if (!references.nodes().isEmpty()) {
            Map<String, Object> nodes = new HashMap<>();
            for (String node : references.nodes()) {
                nodes.put(
                        node,
                        Map.of(
                                "output", toCel(scope.output(node), scope),
                                "artifacts", toCel(scope.artifacts(node), scope)));
            }
            variables.put("nodes", nodes);
        }
        Budget budget = scope.budget();
        try {
            Object value = ScopedValue.where(StringFunctions.BUDGET, budget)
                    .call(() -> program.trace(variables, (part, made) -> pay(part, made, budget)));
            return fromCel(value, budget);
        } catch (CelEvaluationException e) {
            throw e.getCause() instanceof ExpressionException ours
                    ? ours
                    : new ExpressionException(String.valueOf(e.getMessage()));
        }
    }

    /** Pays for what a function has made; what only passes through an operator is nothing new. */
    private static void pay(CelExpr part, Object made, Budget budget) {
        if (part.exprKind().getKind() != CelExpr.ExprKind.Kind.CALL
                || PASSING.contains(part.call().function())) {
            return;
        }
        if (made instanceof String || made instanceof CelByteString) {
            budget.take(made instanceof String text ? text.length() : ((CelByteString) made).size());
        } else if (made instanceof List<?> list && part.call().function().equals("split")) {
            budget.take(ValueSize.of(list));
        }
    }

    private static Object toCel(@Nullable Object raw, Scope scope) {
        Object value = scope.resolve(raw);
        scope.budget().take(ValueSize.ofItself(value));
        return switch (value) {
            case null -> NullValue.NULL_VALUE;
            case BigInteger number -> number.doubleValue();
            case BigDecimal number -> number.doubleValue();
            case Integer number -> number.longValue();
            case Map<?, ?> map -> {
                Map<String, Object> converted = new LinkedHashMap<>();
                map.forEach((key, child) -> converted.put(String.valueOf(key), toCel(child, scope)));
                yield converted;
            }
            case List<?> list -> {
                List<Object> converted = new ArrayList<>(list.size());
                list.forEach(child -> converted.add(toCel(child, scope)));
                yield converted;
            }
            default -> value;
        };
    }

    private static @Nullable Object fromCel(@Nullable Object value, Budget budget) {
        budget.take(ValueSize.ofItself(value));
        return switch (value) {
            case null -> null;
            case NullValue none -> null;
            case String text -> text;
            case Boolean bool -> bool;
            case Long number -> number;
            case Double number -> {
                if (number.isNaN() || number.isInfinite()) {
                    throw new ExpressionException("the value " + number + " has no place in JSON");
                }
                yield number;
            }
            case Number number -> new BigInteger(number.toString());
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> converted = new LinkedHashMap<>();
                map.forEach((key, child) -> {
                    if (!(key instanceof String text)) {
                        throw new ExpressionException("a JSON object's keys are strings, not " + key);
                    }
                    converted.put(text, fromCel(child, budget));
                });
                yield converted;
            }
            case List<?> list -> {
                List<@Nullable Object> converted = new ArrayList<>(list.size());
                list.forEach(child -> converted.add(fromCel(child, budget)));
                yield converted;
            }
            default ->
                throw new ExpressionException(
                        "a value of type " + value.getClass().getSimpleName() + " has no place in JSON");
        };
    }
}
