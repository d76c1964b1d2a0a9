package dev.netbase.worker.wasm;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Deletes folders that guests filled: of any depth, with any permissions, and never through a link. Blocks on the
 * file system.
 *
 * <p>Everything goes by open folders and single names, so that no path gets too long and nothing can be swapped for a
 * link meanwhile. A folder within a folder is first moved up to the top, so that only two are ever open.
 */
final class Trees {
    private static final Set<PosixFilePermission> OURS = EnumSet.of(
            PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE, PosixFilePermission.OWNER_EXECUTE);

    private Trees() {}

    /** Deletes a folder and all that is in it; one that does not exist is no error. */
    static void delete(Path folder) throws IOException {
        try {
            deleteContents(folder);
            Files.deleteIfExists(folder);
        } catch (NoSuchFileException e) {
            // Gone already.
            return;
        }
    }

    /** Deletes all that is in a folder. */
    static void deleteContents(Path folder) throws IOException {
        if (Files.isSymbolicLink(folder)) {
            throw new IOException("a link is not a folder to be emptied");
        }
        if (!Files.isReadable(folder) || !Files.isWritable(folder)) {
            Files.setPosixFilePermissions(folder, OURS);
        }
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(folder)) {
            SecureDirectoryStream<Path> top = ModulesRoot.secure(opened);
            Deque<Path> folders = new ArrayDeque<>();
            for (Path entry : top) {
                Path name = entry.getFileName();
                if (isFolder(top, name)) {
                    folders.add(name);
                } else {
                    top.deleteFile(name);
                }
            }
            long moved = 0;
            while (!folders.isEmpty()) {
                Path name = folders.remove();
                makeOurs(top, name);
                try (SecureDirectoryStream<Path> inner = top.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    for (Path entry : inner) {
                        Path innerName = entry.getFileName();
                        if (isFolder(inner, innerName)) {
                            makeOurs(inner, innerName);
                            Path up = Path.of(".netbase-deleted-" + System.nanoTime() + "-" + moved++);
                            inner.move(innerName, top, up);
                            folders.add(up);
                        } else {
                            inner.deleteFile(innerName);
                        }
                    }
                }
                top.deleteDirectory(name);
            }
        }
    }

    /**
     * The sum of the lengths of all files in a folder. A folder that cannot be entered, or lies deeper than a path
     * reaches, counts as empty.
     */
    static long bytes(Path folder) throws IOException {
        long[] bytes = {0};
        Files.walkFileTree(folder, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                bytes[0] += attributes.isRegularFile() ? attributes.size() : 0;
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(Path file, IOException e) {
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException e) {
                return FileVisitResult.CONTINUE;
            }
        });
        return bytes[0];
    }

    private static boolean isFolder(SecureDirectoryStream<Path> parent, Path name) throws IOException {
        return parent.getFileAttributeView(name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .readAttributes()
                .isDirectory();
    }

    /** Lets us into a folder that its maker closed. Where that does not work, opening it says why. */
    private static void makeOurs(SecureDirectoryStream<Path> parent, Path name) {
        try {
            PosixFileAttributeView view =
                    parent.getFileAttributeView(name, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
            if (!view.readAttributes().permissions().containsAll(OURS)) {
                view.setPermissions(OURS);
            }
        } catch (IOException e) {
            return;
        }
    }
}
