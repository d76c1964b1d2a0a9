package dev.netbase.model.expression;

import java.util.Collection;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * About how many bytes of memory JSON values take as Java has them, on a 64-bit JVM with compressed pointers. What two
 * values share counts twice.
 */
public final class ValueSize {
    /** A header, the fields of a number or of a list's or map's shell, and the pointer to it. */
    private static final int OBJECT = 28;

    /** A map's entry, with the pointer to its key. */
    private static final int ENTRY = 48;

    private ValueSize() {}

    /** Bytes of a value as {@link dev.netbase.model.json.Json#parse} gives it; 0 for null. */
    public static long of(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case Map<?, ?> map -> {
                long bytes = ofItself(map);
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    bytes += of(entry.getKey()) + of(entry.getValue());
                }
                yield bytes;
            }
            case Collection<?> list -> {
                long bytes = ofItself(list);
                for (Object element : list) {
                    bytes += of(element);
                }
                yield bytes;
            }
            default -> ofItself(value);
        };
    }

    /** Bytes of a value without the values in it. */
    public static long ofItself(@Nullable Object value) {
        return switch (value) {
            case null -> 0;
            case String text -> OBJECT + 24L + text.length();
            case Map<?, ?> map -> 2L * OBJECT + (long) ENTRY * map.size();
            case Collection<?> list -> 2L * OBJECT + (long) Integer.BYTES * list.size();
            default -> OBJECT;
        };
    }
}
