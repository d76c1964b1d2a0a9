package dev.netbase.api.asset.domain;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a file lies in its version, for example {@code bin/processor.wasm}. Only paths in normal form exist; others are
 * refused, never repaired.
 *
 * @param value the path as the publisher wrote it
 */
public record RelativePath(String value) {
    /** The longest path, in bytes of UTF-8. */
    public static final int MAX_BYTES = 1_024;

    /** The longest segment, in bytes of UTF-8: what file systems take. */
    public static final int MAX_SEGMENT_BYTES = 255;

    /** @throws IllegalArgumentException if {@link #problem} finds one */
    public RelativePath {
        problem(value).ifPresent(problem -> {
            throw new IllegalArgumentException("the path " + problem);
        });
    }

    /** What is wrong with a path, or empty if it is in normal form. */
    public static Optional<String> problem(String path) {
        if (path.isEmpty()) {
            return Optional.of("is empty");
        }
        if (path.startsWith("/")) {
            return Optional.of("must be relative, without a leading '/'");
        }
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            if (c == '\\') {
                return Optional.of("must not contain a backslash");
            }
            if (Character.isISOControl(c) || c == '\u2028' || c == '\u2029') {
                return Optional.of("must not contain a control character");
            }
            if (c == '\uFFFD' || isLoneSurrogate(path, i)) {
                return Optional.of("must be valid UTF-8");
            }
        }
        if (bytes(path) > MAX_BYTES) {
            return Optional.of("must not be longer than " + MAX_BYTES + " bytes");
        }
        for (String segment : path.split("/", -1)) {
            if (segment.isEmpty()) {
                return Optional.of("must not have an empty segment");
            }
            if (segment.equals(".") || segment.equals("..")) {
                return Optional.of("must not have a '" + segment + "' segment");
            }
            if (bytes(segment) > MAX_SEGMENT_BYTES) {
                return Optional.of("must not have a segment longer than " + MAX_SEGMENT_BYTES + " bytes");
            }
        }
        return Optional.empty();
    }

    /** The folders above the file, outermost first; none for a file at the top. */
    public List<String> folders() {
        List<String> folders = new ArrayList<>();
        for (int slash = value.indexOf('/'); slash >= 0; slash = value.indexOf('/', slash + 1)) {
            folders.add(value.substring(0, slash));
        }
        return folders;
    }

    /** Equal for two paths that a file system which ignores case would take for one. */
    public static String folded(String path) {
        return path.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }

    private static boolean isLoneSurrogate(String text, int i) {
        char c = text.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == text.length() || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private static int bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    @Override
    public String toString() {
        return value;
    }
}
