package dev.netbase.model.trace;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The W3C {@code traceparent}: which trace something belongs to. It comes from outside, so it is checked. */
public final class TraceParent {
    /** The name of the header, of HTTP and of records. */
    public static final String HEADER = "traceparent";

    private static final Pattern VALID =
            Pattern.compile("(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}");

    private static final int LENGTH = 55;

    private TraceParent() {}

    /** The text if it is a trace parent, else null. */
    public static @Nullable String valid(@Nullable String text) {
        return text != null && text.length() == LENGTH && VALID.matcher(text).matches() ? text : null;
    }

    /** The bytes of a record's header as text if they are a trace parent, else null. */
    public static @Nullable String valid(byte @Nullable [] header) {
        return header == null || header.length != LENGTH ? null : valid(new String(header, StandardCharsets.US_ASCII));
    }

    /** Whether whoever began the trace keeps it. */
    public static boolean isSampled(String valid) {
        return (Character.digit(valid.charAt(LENGTH - 1), 16) & 1) == 1;
    }
}
