package dev.netbase.api.asset.store;

import dev.netbase.api.asset.application.ModuleStore;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The module store on a file system: {@code {root}/{nanoid}/{version}/{relative path}}. Uploads are staged below
 * {@code {root}/.staging/{process}/} and renamed in one step. The process's folder is locked for its lifetime, so that
 * the folders of processes that are gone can be told.
 */
public final class FileModuleStore implements ModuleStore, AutoCloseable {
    private static final String STAGING = ".staging";
    private static final String LOCK = ".lock";

    private final Path root;
    private @Nullable Path ownStaging;
    private @Nullable FileChannel ownLock;

    /** A store below {@code root}, which is made when first needed. */
    public FileModuleStore(Path root) {
        this.root = root.toAbsolutePath();
    }

    @Override
    public Staging stage() throws IOException {
        Path folder =
                Files.createDirectory(ownStaging().resolve(UUID.randomUUID().toString()));
        return new StagingFolder(folder);
    }

    @Override
    public void publish(Staging staging, String packageNanoid, String version) throws IOException {
        StagingFolder folder = (StagingFolder) staging;
        folder.forceFolders();
        Path packageFolder = root.resolve(packageNanoid);
        if (!Files.isDirectory(packageFolder)) {
            Files.createDirectories(packageFolder);
            DurableFiles.forceFolder(root);
        }
        remove(packageNanoid, version);
        Files.move(folder.path(), packageFolder.resolve(version), StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.forceFolder(packageFolder);
    }

    /** Moves the version out of sight in one step before deleting it. */
    @Override
    public void remove(String packageNanoid, String version) throws IOException {
        Path target = root.resolve(packageNanoid).resolve(version);
        if (!Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        Path grave = ownStaging().resolve(UUID.randomUUID().toString());
        Files.move(target, grave, StandardCopyOption.ATOMIC_MOVE);
        DurableFiles.forceFolder(root.resolve(packageNanoid));
        DurableFiles.deleteTree(grave);
    }

    @Override
    public List<StoredVersion> list() throws IOException {
        List<StoredVersion> versions = new ArrayList<>();
        for (Path packageFolder : folders(root)) {
            if (packageFolder.getFileName().toString().startsWith(".")) {
                continue;
            }
            for (Path version : folders(packageFolder)) {
                versions.add(new StoredVersion(
                        packageFolder.getFileName().toString(),
                        version.getFileName().toString()));
            }
        }
        return versions;
    }

    @Override
    public void sweepStaging() throws IOException {
        Path own = ownStaging();
        for (Path folder : folders(root.resolve(STAGING))) {
            if (folder.equals(own)) {
                continue;
            }
            try (FileChannel channel = FileChannel.open(
                            folder.resolve(LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock lock = tryLock(channel)) {
                if (lock != null) {
                    DurableFiles.deleteTree(folder);
                }
            }
        }
    }

    @Override
    public Optional<Path> find(String packageNanoid, String version, String relativePath) {
        Path file = root.resolve(packageNanoid).resolve(version).resolve(relativePath);
        return Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS) ? Optional.of(file) : Optional.empty();
    }

    /** Gives up the process's staging folder with all that is in it. */
    @Override
    public synchronized void close() throws IOException {
        if (ownLock != null && ownStaging != null) {
            DurableFiles.deleteTree(ownStaging);
            ownLock.close();
            ownLock = null;
            ownStaging = null;
        }
    }

    private synchronized Path ownStaging() throws IOException {
        if (ownStaging == null) {
            Path staging = root.resolve(STAGING);
            Files.createDirectories(staging);
            // locked before it has its name, so that no sweep takes it for one without an owner
            Path draft = Files.createTempDirectory(root, ".process-");
            FileChannel channel =
                    FileChannel.open(draft.resolve(LOCK), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
            channel.lock();
            Path folder = staging.resolve(UUID.randomUUID().toString());
            Files.move(draft, folder, StandardCopyOption.ATOMIC_MOVE);
            ownLock = channel;
            ownStaging = folder;
        }
        return ownStaging;
    }

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException e) {
            return null;
        }
    }

    private static List<Path> folders(Path parent) throws IOException {
        if (!Files.isDirectory(parent)) {
            return List.of();
        }
        List<Path> folders = new ArrayList<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(parent)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
                    folders.add(entry);
                }
            }
        }
        return folders;
    }
}
