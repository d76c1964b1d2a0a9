package dev.netbase.model.expression;

import java.util.List;
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

    /**
     * The value that a reference to a large value stands for; other values are returned as they are.
     *
     * @throws ExpressionException if it cannot be had
     */
    @Nullable
    Object resolve(@Nullable Object value);
}
