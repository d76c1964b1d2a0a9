package dev.netbase.api.asset.wasm;

/** A file that is not a module the sandbox can run; the message says why, for its publisher. */
public final class InvalidModuleException extends Exception {
    public InvalidModuleException(String message) {
        super(message, null, false, false);
    }
}
