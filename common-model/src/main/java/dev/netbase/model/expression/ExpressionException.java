package dev.netbase.model.expression;

/** An expression that is not valid, or that fails on the values it got. */
public final class ExpressionException extends RuntimeException {
    public ExpressionException(String message) {
        super(message);
    }
}
