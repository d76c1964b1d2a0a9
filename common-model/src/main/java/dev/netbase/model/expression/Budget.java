package dev.netbase.model.expression;

import org.jspecify.annotations.Nullable;

/**
 * The memory that what one task or run is given may take: the values that its expressions look into, the texts that they
 * make on the way, and what comes out, where a value that stands in several places counts as often as its JSON would have it.
 * Counted roughly, and never given back. For one thread.
 */
public final class Budget {
    /** Bytes. */
    public static final long BYTES = 64L << 20;

    private long left = BYTES;

    /** @throws ExpressionException if there are not so many left */
    void take(long bytes) {
        left -= bytes;
        if (left < 0) {
            throw new ExpressionException("it looks into, makes and gives more than " + (BYTES >> 20)
                    + " MiB altogether; give what is large as a file or by its artifact");
        }
    }

    /**
     * Takes what a value takes, with all that is in it.
     *
     * @return the value
     */
    @Nullable
    Object pay(@Nullable Object value) {
        take(ValueSize.of(value));
        return value;
    }
}
