package dev.netbase.api.run.rest;

import dev.netbase.api.platform.problem.ProblemException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The header under which a request starts one run however often it is sent. */
final class IdempotencyKey {
    static final String HEADER = "Idempotency-Key";
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,255}");

    private IdempotencyKey() {}

    /** The key, or null if there is none; fails with {@code invalid-request} if it is not one. */
    static @Nullable String checked(@Nullable String header) {
        if (header != null && !KEY.matcher(header).matches()) {
            throw ProblemException.invalidField(HEADER, "must have 1 to 255 visible ASCII characters");
        }
        return header;
    }
}
