package dev.netbase.api.asset.domain;

import dev.netbase.model.file.NormalPath;
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
    /** @throws IllegalArgumentException if {@link #problem} finds one */
    public RelativePath {
        problem(value).ifPresent(problem -> {
            throw new IllegalArgumentException("the path " + problem);
        });
    }

    /** What is wrong with a path, or empty if it is in normal form. */
    public static Optional<String> problem(String path) {
        return NormalPath.problem(path);
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

    @Override
    public String toString() {
        return value;
    }
}
