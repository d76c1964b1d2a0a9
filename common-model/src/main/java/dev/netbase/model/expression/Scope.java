package dev.netbase.model.expression;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the names of an expression stand for at one moment of a run. All values are plain JSON values. */
public interface Scope {
    /** The run's inputs. */
    @Nullable
    Object inputs();

    /** The output of a node that has ended; null for a skipped one. May be a reference to a large value. */
    @Nullable
    Object output(String node);

    /** The artifacts that a node left. */
    List<?> artifacts(String node);

    /** The element of {@code for_each}; null outside of one. May be a reference to a large value. */
    @Nullable
    Object item();

    /** The place of {@link #item} in its list, from 0; 0 outside of a {@code for_each}. */
    long index();

    /** What the evaluations of this scope may take together. */
    Budget budget();

    /**
     * The value that a reference to a large value stands for; other values are returned as they are.
     *
     * @throws ExpressionException if it cannot be had
     */
    @Nullable
    Object resolve(@Nullable Object value);

    /**
     * The value with every reference in it, at any depth, replaced by what it stands for, which the budget pays for.
     *
     * @throws ExpressionException if one cannot be had, or is not in the budget
     */
    default @Nullable Object resolveDeeply(@Nullable Object value) {
        Object resolved = resolve(value);
        budget().take(ValueSize.ofItself(resolved));
        if (resolved instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> whole = new LinkedHashMap<>();
            map.forEach((key, child) -> whole.put(String.valueOf(key), resolveDeeply(child)));
            return whole;
        }
        if (resolved instanceof List<?> list) {
            List<@Nullable Object> whole = new ArrayList<>(list.size());
            list.forEach(child -> whole.add(resolveDeeply(child)));
            return whole;
        }
        return resolved;
    }
}
