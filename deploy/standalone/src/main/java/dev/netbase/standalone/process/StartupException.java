package dev.netbase.standalone.process;

/** Something that a user must put right before the stack can start; the message is the one line that they read. */
public final class StartupException extends RuntimeException {
    public StartupException(String message) {
        super(message);
    }

    public StartupException(String message, Throwable cause) {
        super(message, cause);
    }
}
