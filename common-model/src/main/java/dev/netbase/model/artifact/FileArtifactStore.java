package dev.netbase.model.artifact;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/** Artifacts as files {@code ab/abcdef…} below a root that services share. A file appears whole or not at all. */
public final class FileArtifactStore implements ArtifactStore {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private final Path root;

    /** A store below {@code root}, which is made when first needed. */
    public FileArtifactStore(Path root) {
        this.root = root;
    }

    @Override
    public String put(byte[] content) throws IOException {
        String sha256 = Sha256.hex(content);
        if (touched(path(sha256))) {
            force(root.resolve(sha256.substring(0, 2)));
            return sha256;
        }
        return put(new ByteArrayInputStream(content)).sha256();
    }

    @Override
    public Stored put(InputStream content) throws IOException {
        Files.createDirectories(root);
        Path draft = root.resolve(".draft-" + UUID.randomUUID());
        try {
            Stored stored = write(content, draft);
            Path target = path(stored.sha256());
            Path folder = root.resolve(stored.sha256().substring(0, 2));
            if (!Files.isDirectory(folder)) {
                Files.createDirectories(folder);
                force(root);
            }
            // Another may have moved it there and not yet forced the folder, so that is done in any case.
            if (!touched(target)) {
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
            }
            force(folder);
            return stored;
        } finally {
            Files.deleteIfExists(draft);
        }
    }

    private static Stored write(InputStream content, Path draft) throws IOException {
        MessageDigest digest = Sha256.digest();
        long size = 0;
        try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            int read;
            while ((read = content.read(buffer)) >= 0) {
                digest.update(buffer, 0, read);
                size += read;
                ByteBuffer piece = ByteBuffer.wrap(buffer, 0, read);
                while (piece.hasRemaining()) {
                    channel.write(piece);
                }
            }
            channel.force(true);
        }
        return new Stored(HexFormat.of().formatHex(digest.digest()), size);
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
