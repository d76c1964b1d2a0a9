package dev.netbase.model.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaException;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.path.PathType;
import com.networknt.schema.regex.RegularExpression;
import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.problem.FieldProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What the inputs of a workflow must be: a JSON Schema of draft 2020-12, {@code format} included. Nothing is fetched;
 * patterns are of RE2, which takes time linear in the text. Immutable, for any number of threads.
 */
public final class InputSchema {
    /** The most characters of a schema's JSON. */
    public static final int MAX_CHARS = 65_536;

    /** The most problems that a check tells of. */
    public static final int MAX_PROBLEMS = 20;

    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";

    private static final class Registry {
        static final SchemaRegistryConfig CONFIG = SchemaRegistryConfig.builder()
                .formatAssertionsEnabled(true)
                .locale(Locale.ROOT)
                .pathType(PathType.JSON_POINTER)
                .regularExpressionFactory(InputSchema::pattern)
                .build();
        static final SchemaRegistry INSTANCE = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                builder -> builder.schemaRegistryConfig(CONFIG)
                        .schemaCacheEnabled(false)
                        .schemaLoader(loader -> loader.fetchRemoteResources(false)));
        static final Schema OF_SCHEMAS = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(SchemaLocation.of(DIALECT));
    }

    private final Schema schema;

    private InputSchema(Schema schema) {
        this.schema = schema;
    }

    /**
     * Compiles a schema.
     *
     * @param json its parsed JSON
     * @param path its place, for problems
     * @param problems what is wrong with it is added here
     * @return empty if something is wrong with it
     */
    public static Optional<InputSchema> compile(@Nullable Object json, String path, List<FieldProblem> problems) {
        if (!(json instanceof Map<?, ?>)) {
            problems.add(new FieldProblem(path, "must be a JSON Schema: an object"));
            return Optional.empty();
        }
        int before = problems.size();
        Map<String, @Nullable Object> object = Json.asObject(json);
        if (Json.write(object).length() > MAX_CHARS) {
            problems.add(new FieldProblem(path, "has more than " + MAX_CHARS + " characters"));
            return Optional.empty();
        }
        if (object.get("$schema") != null && !DIALECT.equals(object.get("$schema"))) {
            problems.add(new FieldProblem(path + ".$schema", "must be " + DIALECT + ", or absent"));
            return Optional.empty();
        }
        JsonNode node = Json.MAPPER.valueToTree(object);
        for (Error error : Registry.OF_SCHEMAS.validate(node)) {
            problems.add(new FieldProblem(place(path, error), message(error)));
        }
        if (problems.size() > before) {
            return Optional.empty();
        }
        try {
            SchemaShape.check(object);
            // the library compiles patterns and references when first used
            checkPatterns(object);
            InputSchema schema = new InputSchema(Registry.INSTANCE.getSchema(node));
            schema.check(Map.of());
            return Optional.of(schema);
        } catch (IllegalArgumentException | PatternSyntaxException | SchemaException e) {
            problems.add(new FieldProblem(path, String.valueOf(e.getMessage())));
            return Optional.empty();
        }
    }

    /** What is wrong with the inputs of a run, each with its place; at most {@link #MAX_PROBLEMS}. */
    public List<FieldProblem> check(Map<String, ? extends @Nullable Object> inputs) {
        try {
            List<Error> errors = schema.validate(Json.MAPPER.<JsonNode>valueToTree(inputs));
            return errors.stream()
                    .map(error -> new FieldProblem(place("inputs", error), message(error)))
                    .distinct()
                    .limit(MAX_PROBLEMS)
                    .toList();
        } catch (JsonException e) {
            return List.of(new FieldProblem("inputs", String.valueOf(e.getMessage())));
        }
    }

    private static RegularExpression pattern(String text) {
        Pattern pattern = Pattern.compile(text);
        return value -> pattern.matcher(value).find();
    }

    private static void checkPatterns(Object schema) {
        switch (schema) {
            case Map<?, ?> map ->
                map.forEach((key, value) -> {
                    if ("pattern".equals(key) && value instanceof String pattern) {
                        compilePattern(pattern);
                    } else if ("patternProperties".equals(key) && value instanceof Map<?, ?> named) {
                        named.keySet().forEach(pattern -> compilePattern(String.valueOf(pattern)));
                    }
                    if (value != null) {
                        checkPatterns(value);
                    }
                });
            case List<?> list -> list.stream().filter(Objects::nonNull).forEach(InputSchema::checkPatterns);
            default -> {}
        }
    }

    private static void compilePattern(String pattern) {
        try {
            Pattern.compile(pattern);
        } catch (PatternSyntaxException e) {
            throw new IllegalArgumentException(
                    "has the pattern '" + pattern + "', which is not one of RE2: " + e.getDescription(), e);
        }
    }

    /** {@code inputs.items[2].name}; for a field that is missing, the field. */
    private static String place(String root, Error error) {
        StringBuilder place = new StringBuilder(root);
        List<Object> steps = new ArrayList<>();
        for (int i = 0; i < error.getInstanceLocation().getNameCount(); i++) {
            steps.add(error.getInstanceLocation().getElement(i));
        }
        if (error.getProperty() != null) {
            steps.add(error.getProperty());
        }
        for (Object step : steps) {
            if (step instanceof Integer index) {
                place.append('[').append(index).append(']');
            } else {
                place.append('.').append(step);
            }
        }
        return place.toString();
    }

    private static String message(Error error) {
        return String.valueOf(error.getMessage());
    }
}
