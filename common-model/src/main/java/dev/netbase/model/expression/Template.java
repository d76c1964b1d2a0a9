package dev.netbase.model.expression;

import dev.netbase.model.json.Json;
import dev.netbase.model.problem.FieldProblem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value in whose strings <code>${…}</code> stands for expressions, compiled. A string that is one expression as a
 * whole takes the type of its value; elsewhere values are written into the string. <code>$${</code> is a literal
 * <code>${</code>.
 */
public sealed interface Template {
    /**
     * The value with every expression evaluated.
     *
     * @throws ExpressionException if one fails on these values
     */
    @Nullable
    Object evaluate(Scope scope);

    /** The expressions in it, with their places. */
    List<Placed> expressions();

    /** An expression and the field it stands in. */
    record Placed(String field, Expression expression) {}

    /** All nodes whose outputs the template uses. */
    default Set<String> nodes() {
        Set<String> nodes = new LinkedHashSet<>();
        expressions().forEach(placed -> nodes.addAll(placed.expression().nodes()));
        return nodes;
    }

    /**
     * The template of a parsed JSON value. What does not compile is added to {@code problems}, with its place.
     *
     * @param field the value's own place in the document
     */
    static Template compile(
            @Nullable Object value, String field, ExpressionCompiler compiler, List<FieldProblem> problems) {
        return switch (value) {
            case String text -> TemplateStrings.compile(text, field, compiler, problems);
            case Map<?, ?> map -> {
                Map<String, Template> entries = new LinkedHashMap<>();
                map.forEach((key, child) ->
                        entries.put(String.valueOf(key), compile(child, field + "." + key, compiler, problems)));
                yield new OfObject(entries);
            }
            case List<?> list -> {
                List<Template> elements = new ArrayList<>();
                for (int i = 0; i < list.size(); i++) {
                    elements.add(compile(list.get(i), field + "[" + i + "]", compiler, problems));
                }
                yield new OfList(elements);
            }
            case null, default -> new Literal(value);
        };
    }

    /** A value without expressions. */
    record Literal(@Nullable Object value) implements Template {
        @Override
        public @Nullable Object evaluate(Scope scope) {
            return value;
        }

        @Override
        public List<Placed> expressions() {
            return List.of();
        }
    }

    /** A string that is one expression. */
    record Typed(Placed placed) implements Template {
        @Override
        public @Nullable Object evaluate(Scope scope) {
            return scope.budget().pay(placed.expression().evaluate(scope));
        }

        @Override
        public List<Placed> expressions() {
            return List.of(placed);
        }
    }

    /** A string with expressions in it; literals and expressions alternate as they stand. */
    record Interpolated(List<Part> parts) implements Template {
        /** A piece of the string. */
        sealed interface Part {
            record Text(String text) implements Part {}

            record Value(Placed placed) implements Part {}
        }

        @Override
        public Object evaluate(Scope scope) {
            StringBuilder text = new StringBuilder();
            for (Part part : parts) {
                switch (part) {
                    case Part.Text literal -> text.append(literal.text());
                    case Part.Value value ->
                        text.append(print(
                                scope.resolveDeeply(value.placed().expression().evaluate(scope))));
                }
            }
            return text.toString();
        }

        private static String print(@Nullable Object value) {
            return value instanceof String string ? string : Json.write(value);
        }

        @Override
        public List<Placed> expressions() {
            List<Placed> placed = new ArrayList<>();
            for (Part part : parts) {
                if (part instanceof Part.Value value) {
                    placed.add(value.placed());
                }
            }
            return placed;
        }
    }

    /** An object; its keys are literal. */
    record OfObject(Map<String, Template> entries) implements Template {
        @Override
        public Object evaluate(Scope scope) {
            Map<String, @Nullable Object> value = new LinkedHashMap<>();
            entries.forEach((key, template) -> value.put(key, template.evaluate(scope)));
            return value;
        }

        @Override
        public List<Placed> expressions() {
            return entries.values().stream()
                    .flatMap(template -> template.expressions().stream())
                    .toList();
        }
    }

    /** A list. */
    record OfList(List<Template> elements) implements Template {
        @Override
        public Object evaluate(Scope scope) {
            List<@Nullable Object> value = new ArrayList<>(elements.size());
            elements.forEach(template -> value.add(template.evaluate(scope)));
            return value;
        }

        @Override
        public List<Placed> expressions() {
            return elements.stream()
                    .flatMap(template -> template.expressions().stream())
                    .toList();
        }
    }
}
