package dev.netbase.model.definition;

import java.net.URI;

/**
 * Whom to tell of a run's end.
 *
 * @param url an absolute {@code http} or {@code https} URL without user and fragment; whether its host may be called is
 *     the operator's to say
 */
public record Webhook(URI url) {
    /** The most characters of a URL. */
    public static final int MAX_URL_CHARS = 2_048;
}
