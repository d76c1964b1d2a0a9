package dev.netbase.worker.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.task.TaskErrorCode;
import io.quarkus.runtime.configuration.MemorySize;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Package versions as guests see them: copies of our own, made while every file was verified, so that a file changed
 * after publishing never reaches a guest. Copies are bounded by their bytes: the one not used for longest goes first,
 * never one in use. What an earlier process left is deleted at start.
 */
@ApplicationScoped
public class AssetCache {
    private static final int BUFFER_BYTES = 64 << 10;
    private static final long DEFAULT_BYTES = 4L << 30;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final ModulesRoot root;
    private final Path folder;
    private final Map<AssetVersion, Copy> copies = new ConcurrentHashMap<>();
    private final Map<AssetVersion, CompletableFuture<Path>> opening = new ConcurrentHashMap<>();
    private final CopiesOnDisk onDisk;

    /** A verified copy, and the stamps of the originals then; {@code settled} if those stamps prove anything. */
    private record Copy(Path folder, List<FileStamp> originals, boolean settled) {}

    /** A version's folder in use: it stays until this is closed. */
    public static final class Opened implements AutoCloseable {
        private final Path folder;
        private final CopiesOnDisk onDisk;
        private final AtomicBoolean closed = new AtomicBoolean();

        private Opened(Path folder, CopiesOnDisk onDisk) {
            this.folder = folder;
            this.onDisk = onDisk;
        }

        /** What to give a guest as {@code /asset}. */
        public Path folder() {
            return folder;
        }

        @Override
        public void close() {
            if (closed.compareAndSet(false, true)) {
                onDisk.release(folder);
            }
        }
    }

    /** A cache with the default bound. */
    public AssetCache(Path modulesRoot, Path cacheRoot) {
        this(modulesRoot, cacheRoot, new MemorySize(BigInteger.valueOf(DEFAULT_BYTES)));
    }

    /**
     * A cache in a private folder beneath {@code cacheRoot}.
     *
     * @param maxBytes the most bytes of copies that are kept; those in use may have more
     *
     * @throws UncheckedIOException if the folder cannot be made
     */
    @Inject
    public AssetCache(
            @ConfigProperty(name = "netbase.modules.root") Path modulesRoot,
            @ConfigProperty(name = "netbase.cache.root") Path cacheRoot,
            @ConfigProperty(name = "netbase.cache.assets", defaultValue = "4G") MemorySize maxBytes) {
        root = new ModulesRoot(modulesRoot);
        onDisk = new CopiesOnDisk(maxBytes.asLongValue());
        folder = cacheRoot.toAbsolutePath().normalize().resolve("assets");
        try {
            Files.createDirectories(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
            Trees.deleteContents(folder);
        } catch (IOException e) {
            throw new UncheckedIOException("the cache of package versions cannot be prepared", e);
        }
    }

    /**
     * The folder to give a guest as {@code /asset}, to be closed after use. The first use of a version reads and verifies all of its files;
     * later ones only look whether a file was touched, and verify again if so.
     *
     * @return fails with a {@link TaskRefusedException}: CHECKSUM_MISMATCH, MODULE_NOT_FOUND for a missing file, or
     *     HOST_ERROR
     */
    public Uni<Opened> open(AssetVersion version) {
        return ready(version)
                .chain(ready -> onDisk.acquire(ready)
                        ? Uni.createFrom().item(new Opened(ready, onDisk))
                        // it had to go before it was used
                        : open(version));
    }

    private Uni<Path> ready(AssetVersion version) {
        return Uni.createFrom()
                .completionStage(() -> SingleFlight.once(
                        opening, version, () -> CompletableFuture.supplyAsync(() -> verified(version), executor)))
                .onFailure()
                .transform(WasmManager::unwrapped);
    }

    @PreDestroy
    void close() {
        executor.shutdown();
    }

    private Path verified(AssetVersion version) {
        try {
            List<FileStamp> stamps = new ArrayList<>();
            for (AssetVersion.File file : version.files()) {
                stamps.add(root.stamp(original(version, file)));
            }
            Copy before = copies.get(version);
            if (before != null
                    && before.settled()
                    && before.originals().equals(stamps)
                    && onDisk.has(before.folder())) {
                return before.folder();
            }
            Path target = copy(version);
            Instant now = Instant.now();
            boolean settled = stamps.stream().allMatch(stamp -> stamp.isSettled(now));
            copies.put(version, new Copy(target, stamps, settled));
            long bytes = version.files().stream()
                    .mapToLong(AssetVersion.File::sizeBytes)
                    .sum();
            for (Path gone : onDisk.add(target, bytes)) {
                Trees.delete(gone);
            }
            return target;
        } catch (IOException e) {
            throw new TaskRefusedException(TaskErrorCode.HOST_ERROR, "the package version cannot be prepared");
        }
    }

    /** Verifies all files; their copies are kept if there are none yet. */
    private Path copy(AssetVersion version) throws IOException {
        Path target = folder.resolve(name(version));
        Path temporary = Files.createTempDirectory(folder, "new-");
        try {
            for (AssetVersion.File file : version.files()) {
                Path copy = temporary.resolve(file.relativePath());
                Files.createDirectories(copy.getParent());
                copy(original(version, file), copy, file);
            }
            if (!Files.exists(target)) {
                Files.move(temporary, target);
            }
            return target;
        } finally {
            Trees.delete(temporary);
        }
    }

    private void copy(Path original, Path copy, AssetVersion.File file) throws IOException {
        MessageDigest digest = Sha256.digest();
        try (SeekableByteChannel from = root.open(original);
                FileChannel to = FileChannel.open(copy, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            if (from.size() != file.sizeBytes()) {
                throw mismatch(file);
            }
            ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
            while (from.read(buffer) >= 0) {
                digest.update(buffer.flip().duplicate());
                while (buffer.hasRemaining()) {
                    to.write(buffer);
                }
                buffer.clear();
            }
        }
        if (!HexFormat.of().formatHex(digest.digest()).equals(file.checksum())) {
            throw mismatch(file);
        }
        Files.setPosixFilePermissions(copy, PosixFilePermissions.fromString("r--------"));
    }

    private static Path original(AssetVersion version, AssetVersion.File file) {
        return version.folder().resolve(file.relativePath());
    }

    /** The same files have the same copy, whichever version they are of. */
    private static String name(AssetVersion version) {
        StringBuilder listing = new StringBuilder();
        for (AssetVersion.File file : version.files()) {
            listing.append(file.checksum())
                    .append(' ')
                    .append(file.relativePath())
                    .append('\n');
        }
        return Sha256.hex(listing.toString().getBytes(UTF_8));
    }

    private static TaskRefusedException mismatch(AssetVersion.File file) {
        return new TaskRefusedException(
                TaskErrorCode.CHECKSUM_MISMATCH, file.relativePath() + " is not the file that was published");
    }
}
