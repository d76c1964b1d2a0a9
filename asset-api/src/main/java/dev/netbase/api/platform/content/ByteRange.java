package dev.netbase.api.platform.content;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The one range of bytes that a {@code Range} header asks for, for content of a known size (RFC 9110, 14). */
sealed interface ByteRange {
    /** From the first byte on, {@code length} of them; the length is at least 1. */
    record Part(long first, long length) implements ByteRange {
        /** The position of the last byte. */
        long last() {
            return first + length - 1;
        }
    }

    /** No byte of the content lies in the range. */
    record Unsatisfiable() implements ByteRange {}

    /** One range: positions of 18 digits or fewer. */
    Pattern HEADER = Pattern.compile("bytes=\\s*([0-9]{0,18})-([0-9]{0,18})\\s*");

    /** The range, or empty if there is none, there are several, or it is malformed: then all is sent. */
    static Optional<ByteRange> parse(String header, long size) {
        Matcher matcher = HEADER.matcher(header);
        if (!matcher.matches() || matcher.group(1).isEmpty() && matcher.group(2).isEmpty()) {
            return Optional.empty();
        }
        if (matcher.group(1).isEmpty()) {
            long suffix = Math.min(Long.parseLong(matcher.group(2)), size);
            return Optional.of(suffix == 0 ? new Unsatisfiable() : new Part(size - suffix, suffix));
        }
        long first = Long.parseLong(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? size - 1 : Math.min(Long.parseLong(matcher.group(2)), size - 1);
        if (!matcher.group(2).isEmpty() && Long.parseLong(matcher.group(2)) < first) {
            return Optional.empty();
        }
        return Optional.of(first >= size ? new Unsatisfiable() : new Part(first, last - first + 1));
    }
}
