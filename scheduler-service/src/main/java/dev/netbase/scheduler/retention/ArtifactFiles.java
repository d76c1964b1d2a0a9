package dev.netbase.scheduler.retention;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Artifacts as the file store keeps them: {@code ab/abcdef…}, with the time they were last stored. */
final class ArtifactFiles {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final long MAX_JSON_BYTES = 64L * 1024 * 1024;
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

    /** The digests that stand in an artifact, if it is JSON of up to {@value #MAX_JSON_BYTES} bytes: a large value may refer to others. */
    Set<String> referencesIn(String sha256) throws IOException {
        Set<String> found = new HashSet<>();
        Path file = path(sha256);
        try {
            if (Files.size(file) <= MAX_JSON_BYTES && beginsAsJson(file)) {
                Matcher matcher = SHA256.matcher(Files.readString(file, StandardCharsets.ISO_8859_1));
                while (matcher.find()) {
                    found.add(matcher.group());
                }
            }
        } catch (NoSuchFileException e) {
            return found;
        }
        return found;
    }

    private static boolean beginsAsJson(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            int first = in.read();
            return first == '{' || first == '[';
        }
    }

    private Path path(String sha256) {
        return root.resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    /** Removes an artifact, unless it was stored again since. */
    boolean remove(String sha256, Instant storedBefore) throws IOException {
        Path file = path(sha256);
        return isOlder(file, storedBefore) && Files.deleteIfExists(file);
    }

    private static boolean isOlder(Path file, Instant time) {
        try {
            return Files.getLastModifiedTime(file).compareTo(FileTime.from(time)) < 0;
        } catch (NoSuchFileException e) {
            return false;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
