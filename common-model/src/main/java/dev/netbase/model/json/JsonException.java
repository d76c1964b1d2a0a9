package dev.netbase.model.json;

import org.jspecify.annotations.Nullable;

/** A text that is not the JSON it should be. */
public final class JsonException extends RuntimeException {
    public JsonException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
