package dev.netbase.tools.module;

/** Something a user can mend; its message is all that is said. */
public final class ToolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public ToolException(String message) {
        super(message, null, false, false);
    }
}
