package dev.netbase.model.artifact;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Artifacts as files {@code ab/abcdef…} below a root that services share. A file appears whole or not at all. */
public final class FileArtifactStore implements ArtifactStore {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private final Path root;

    /** A store below {@code root}, which is made when first needed. */
    public FileArtifactStore(Path root) {
        this.root = root;
    }

    @Override
    public String put(byte[] content) throws IOException {
        String sha256 = Sha256.hex(content);
        Path target = path(sha256);
        if (touched(target)) {
            return sha256;
        }
        Path folder = root.resolve(sha256.substring(0, 2));
        Files.createDirectories(folder);
        Path draft = folder.resolve(".draft-" + UUID.randomUUID());
        try {
            try (FileChannel channel =
                    FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(content);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
            force(folder);
        } finally {
            Files.deleteIfExists(draft);
        }
        return sha256;
    }

    /** Whether it is there already; then it counts as stored now, so that its grace before removal begins anew. */
    private static boolean touched(Path target) throws IOException {
        try {
            Files.setLastModifiedTime(target, FileTime.from(Instant.now()));
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    @Override
    public Optional<byte[]> read(String sha256) throws IOException {
        if (!SHA256.matcher(sha256).matches()) {
            return Optional.empty();
        }
        byte[] content;
        try {
            content = Files.readAllBytes(path(sha256));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
        if (!Sha256.hex(content).equals(sha256)) {
            throw new IOException("artifact " + sha256 + " is damaged");
        }
        return Optional.of(content);
    }

    @Override
    public Optional<Path> locate(String sha256) {
        return SHA256.matcher(sha256).matches()
                ? Optional.of(path(sha256)).filter(Files::isRegularFile)
                : Optional.empty();
    }

    private Path path(String sha256) {
        return root.resolve(sha256.substring(0, 2)).resolve(sha256);
    }

    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }
}
