package dev.netbase.scheduler.run.domain;

import org.jspecify.annotations.Nullable;

/** Gives the value that a reference to a large one stands for. The same reference always gives the same value. */
@FunctionalInterface
public interface ValueResolver {
    /**
     * The value; ordinary values are returned as they are.
     *
     * @throws dev.netbase.model.expression.ExpressionException if it cannot be had
     */
    @Nullable
    Object resolve(@Nullable Object value);
}
