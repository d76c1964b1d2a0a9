package dev.netbase.model.file;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What a relative path of a file must look like, in a package version and in a workspace. */
public final class NormalPath {
    /** The longest path, in bytes of UTF-8. */
    public static final int MAX_BYTES = 1_024;

    /** The longest segment of a path, in bytes of UTF-8. */
    public static final int MAX_SEGMENT_BYTES = 255;

    private NormalPath() {}

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

    /** What keeps paths, each in normal form, from being files of one folder; empty if nothing does. */
    public static Optional<String> conflict(Iterable<String> paths) {
        Set<String> files = new HashSet<>();
        for (String path : paths) {
            if (!files.add(path)) {
                return Optional.of("'" + path + "' is given twice");
            }
        }
        for (String path : files) {
            for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
                if (files.contains(path.substring(0, slash))) {
                    return Optional.of(
                            "'" + path.substring(0, slash) + "' is a file and also the folder of '" + path + "'");
                }
            }
        }
        return Optional.empty();
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
}
