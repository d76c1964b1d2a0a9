package dev.netbase.model.definition;

import dev.netbase.model.json.Json;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The layers of a task's configuration: the file's, the agent's, the node's, each over the one before. */
public final class ConfigLayers {
    private static final Set<String> MERGED_BY_KEY = Set.of("limits", "inputs");

    private ConfigLayers() {}

    /** The layers as one. {@code limits} and {@code inputs} merge key by key; other keys are replaced whole. */
    @SafeVarargs
    public static Map<String, @Nullable Object> merge(Map<String, ? extends @Nullable Object>... layers) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>();
        for (Map<String, ? extends @Nullable Object> layer : List.of(layers)) {
            layer.forEach((key, value) -> merged.put(
                    key,
                    MERGED_BY_KEY.contains(key)
                                    && merged.get(key) instanceof Map<?, ?> under
                                    && value instanceof Map<?, ?>
                            ? over(Json.asObject(under), Json.asObject(value))
                            : value));
        }
        return merged;
    }

    private static Map<String, @Nullable Object> over(
            Map<String, @Nullable Object> under, Map<String, @Nullable Object> value) {
        Map<String, @Nullable Object> merged = new LinkedHashMap<>(under);
        merged.putAll(value);
        return merged;
    }
}
