package dev.netbase.scheduler.retention;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Artifacts as the file store keeps them: {@code ab/abcdef…}, with the time they were last stored. */
final class ArtifactFiles {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private final Path root;

    ArtifactFiles(Path root) {
        this.root = root;
    }

    /** Artifacts last stored before this time, up to a number. */
    Set<String> storedBefore(Instant time, int atMost) throws IOException {
        Set<String> found = new HashSet<>();
        if (!Files.isDirectory(root)) {
            return found;
        }
        try (Stream<Path> files = Files.walk(root, 2)) {
            files.filter(file ->
                            SHA256.matcher(String.valueOf(file.getFileName())).matches())
                    .filter(file -> isOlder(file, time))
                    .limit(atMost)
                    .forEach(file -> found.add(String.valueOf(file.getFileName())));
        }
        return found;
    }

    /** Removes an artifact, unless it was stored again since. */
    boolean remove(String sha256, Instant storedBefore) throws IOException {
        Path file = root.resolve(sha256.substring(0, 2)).resolve(sha256);
        return isOlder(file, storedBefore) && Files.deleteIfExists(file);
    }

    private static boolean isOlder(Path file, Instant time) {
        try {
            return Files.getLastModifiedTime(file).compareTo(FileTime.from(time)) < 0;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
