package dev.netbase.api.run.application;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Brings equal JSON values into one form, whatever the order of keys and the writing of numbers. */
final class CanonicalJson {
    private CanonicalJson() {}

    static @Nullable Object sorted(@Nullable Object value) {
        return switch (value) {
            case Map<?, ?> map -> {
                Map<String, @Nullable Object> sorted = new TreeMap<>();
                map.forEach((key, element) -> sorted.put(String.valueOf(key), sorted(element)));
                yield sorted;
            }
            case List<?> list -> {
                List<@Nullable Object> sorted = new ArrayList<>(list.size());
                list.forEach(element -> sorted.add(sorted(element)));
                yield sorted;
            }
            // as a string: 1e999999999 must not be written out
            case BigDecimal number -> number.stripTrailingZeros().toString();
            case null -> null;
            default -> value;
        };
    }
}
