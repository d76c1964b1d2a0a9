package dev.netbase.worker.group.application;

/** A configuration that no agent of its type can run with. Its message names the key. */
public final class InvalidConfigException extends Exception {
    private static final long serialVersionUID = 1L;

    public InvalidConfigException(String message) {
        super(message);
    }
}
