package dev.netbase.model.schema;

import dev.netbase.model.json.Json;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes sure that checking against a schema ends, and soon: no reference leaves the schema or leads back to itself, and
 * with every reference written out it stays below a number of subschemas.
 */
final class SchemaShape {
    /** The most subschemas, with those that are referred to counted once for each reference. */
    static final int MAX_SUBSCHEMAS = 10_000;

    private static final Set<String> NAMED_SCHEMAS =
            Set.of("properties", "patternProperties", "dependentSchemas", "$defs", "definitions");
    private static final Set<String> DATA = Set.of("enum", "const", "default", "examples");
    private static final Set<String> REFUSED = Set.of("$id", "$anchor", "$dynamicRef", "$dynamicAnchor");

    private final Map<String, @Nullable Object> root;
    private final Map<Object, Long> sizes = new IdentityHashMap<>();
    private final Set<Object> open = Collections.newSetFromMap(new IdentityHashMap<>());

    private SchemaShape(Map<String, @Nullable Object> root) {
        this.root = root;
    }

    /**
     * Checks the shape of a schema.
     *
     * @throws IllegalArgumentException if it is refused, with what would be right
     */
    static void check(Map<String, @Nullable Object> schema) {
        if (new SchemaShape(schema).size(schema) > MAX_SUBSCHEMAS) {
            throw new IllegalArgumentException(
                    "has more than " + MAX_SUBSCHEMAS + " subschemas when its references are written out");
        }
    }

    private long size(Map<String, @Nullable Object> schema) {
        Long known = sizes.get(schema);
        if (known != null) {
            return known;
        }
        if (!open.add(schema)) {
            throw new IllegalArgumentException("refers to itself; a schema of inputs may not be recursive");
        }
        long size = 1;
        for (Map.Entry<String, @Nullable Object> entry : schema.entrySet()) {
            size = Math.min(size + size(entry.getKey(), entry.getValue()), MAX_SUBSCHEMAS + 1L);
        }
        open.remove(schema);
        sizes.put(schema, size);
        return size;
    }

    private long size(String keyword, @Nullable Object value) {
        if (REFUSED.contains(keyword)) {
            throw new IllegalArgumentException("uses " + keyword + "; refer with $ref and #/$defs/NAME instead");
        }
        if (keyword.equals("$ref")) {
            return size(target(value));
        }
        if (DATA.contains(keyword)) {
            return 0;
        }
        if (NAMED_SCHEMAS.contains(keyword) && value instanceof Map<?, ?> named) {
            boolean counts = !keyword.equals("$defs") && !keyword.equals("definitions");
            long size = sizeOfAll(named.values());
            return counts ? size : 0;
        }
        return switch (value) {
            case Map<?, ?> schema -> size(Json.asObject(schema));
            case List<?> schemas -> sizeOfAll(schemas);
            case null, default -> 0;
        };
    }

    private long sizeOfAll(Collection<?> schemas) {
        long size = 0;
        for (Object schema : schemas) {
            if (schema instanceof Map<?, ?> map) {
                size = Math.min(size + size(Json.asObject(map)), MAX_SUBSCHEMAS + 1L);
            }
        }
        return size;
    }

    private Map<String, @Nullable Object> target(@Nullable Object reference) {
        if (reference instanceof String pointer && (pointer.equals("#") || pointer.startsWith("#/"))) {
            Object found = root;
            for (String step : pointer.equals("#")
                    ? List.<String>of()
                    : List.of(pointer.substring(2).split("/", -1))) {
                found = step(found, step.replace("~1", "/").replace("~0", "~"));
            }
            if (found instanceof Map<?, ?> schema) {
                return Json.asObject(schema);
            }
        }
        throw new IllegalArgumentException("has a $ref to " + Json.write(reference)
                + "; only places in the same schema can be referred to, such as #/$defs/NAME");
    }

    private static @Nullable Object step(@Nullable Object from, String step) {
        if (from instanceof Map<?, ?> map) {
            return map.get(step);
        }
        if (from instanceof List<?> list && step.matches("[0-9]{1,6}") && Integer.parseInt(step) < list.size()) {
            return list.get(Integer.parseInt(step));
        }
        return null;
    }
}
