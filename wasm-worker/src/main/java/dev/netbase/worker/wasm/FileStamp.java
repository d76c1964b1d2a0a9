package dev.netbase.worker.wasm;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;

/**
 * What tells without reading it whether a file is still the one that was verified. The kernel sets {@code changed}
 * (ctime) at every write and nobody can set it back.
 */
record FileStamp(Object device, Object inode, long size, FileTime modified, FileTime changed) {
    /** The kernel's clock moves in steps: a file that changed within one of them may change again unnoticed. */
    private static final Duration STEP = Duration.ofMillis(100);

    /** The stamp of a file, a link not followed. */
    static FileStamp of(Path file) throws IOException {
        Map<String, Object> attributes =
                Files.readAttributes(file, "unix:dev,ino,size,lastModifiedTime,ctime", LinkOption.NOFOLLOW_LINKS);
        return new FileStamp(
                requireNonNull(attributes.get("dev")),
                requireNonNull(attributes.get("ino")),
                (Long) requireNonNull(attributes.get("size")),
                (FileTime) requireNonNull(attributes.get("lastModifiedTime")),
                (FileTime) requireNonNull(attributes.get("ctime")));
    }

    /** Whether an equal stamp, seen later, proves that the file has not changed since {@code now}. */
    boolean isSettled(Instant now) {
        return changed.toInstant().plus(STEP).isBefore(now);
    }
}
