package dev.netbase.api.asset.domain;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The paths of one version, no two of which a file system could confuse. Not safe for use by several threads. */
public final class PathSet {
    private enum Kind {
        FILE,
        FOLDER
    }

    private record Entry(String path, Kind kind) {}

    private final Map<String, Entry> byFoldedPath = new HashMap<>();
    private int files;

    /**
     * Adds a file, unless another stands in its way.
     *
     * @return what stands in the way, or empty if it was added
     */
    public Optional<String> add(RelativePath path) {
        for (String folder : path.folders()) {
            Entry known = byFoldedPath.get(RelativePath.folded(folder));
            if (known != null && known.kind() == Kind.FILE) {
                return Optional.of("has the file '" + known.path() + "' for a folder");
            }
            if (known != null && !known.path().equals(folder)) {
                return Optional.of("differs from '" + known.path() + "/…' only by case");
            }
        }
        Entry known = byFoldedPath.get(RelativePath.folded(path.value()));
        if (known != null) {
            if (known.kind() == Kind.FOLDER) {
                return Optional.of("is also a folder of another file");
            }
            return Optional.of(
                    known.path().equals(path.value())
                            ? "occurs twice"
                            : "differs from '" + known.path() + "' only by case");
        }
        path.folders().forEach(folder -> byFoldedPath.put(RelativePath.folded(folder), new Entry(folder, Kind.FOLDER)));
        byFoldedPath.put(RelativePath.folded(path.value()), new Entry(path.value(), Kind.FILE));
        files++;
        return Optional.empty();
    }

    /** How many files there are. */
    public int size() {
        return files;
    }
}
