package dev.netbase.scheduler.run.domain;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * About how many bytes of memory JSON values take as Java has them, on a 64-bit JVM with compressed pointers. What two
 * values share counts twice.
 */
final class ValueSize {
    /** A header, the fields of a number or of a list's or map's shell, and the pointer to it. */
    private static final int OBJECT = 28;

    /** A map's entry, with the pointer to its key. */
    private static final int ENTRY = 48;

    private ValueSize() {}

    /** Bytes of a value as {@link dev.netbase.model.json.Json#parse} gives it; 0 for null. */
    static long of(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case String text -> OBJECT + 24L + text.length();
            case Map<?, ?> map -> {
                long bytes = 2L * OBJECT;
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    bytes += ENTRY + of(entry.getKey()) + of(entry.getValue());
                }
                yield bytes;
            }
            case Collection<?> list -> {
                long bytes = 2L * OBJECT;
                for (Object element : list) {
                    bytes += Integer.BYTES + of(element);
                }
                yield bytes;
            }
            default -> OBJECT;
        };
    }
}
