package dev.netbase.model.expression;

import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A compiled expression: side-effect free, bounded, safe for use by many threads. */
public interface Expression {
    /** The names it uses: {@code inputs}, {@code item}, {@code index}; {@code nodes} shows in {@link #nodes}. */
    Set<String> names();

    /** What is known of its value before any is there. */
    enum Kind {
        /** Nothing. */
        ANY,
        BOOLEAN,
        LIST,
        /** Neither true or false, nor a list. */
        OTHER
    }

    /** What is known of its value from the expression alone. */
    Kind kind();

    /** The nodes whose output or artifacts it uses. */
    Set<String> nodes();

    /**
     * The value, as a plain JSON value.
     *
     * @throws ExpressionException if it fails on these values: a missing key, an operand of the wrong type, too much work
     */
    @Nullable
    Object evaluate(Scope scope);
}
