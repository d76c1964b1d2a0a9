package dev.netbase.worker.wasm;

import dev.netbase.model.task.TaskErrorCode;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Set;

/**
 * Where published files are read from: only beneath the root, and through no symbolic link. Blocks on the file
 * system. Every refusal is a {@link TaskRefusedException} with MODULE_NOT_FOUND.
 */
public final class ModulesRoot {
    private static final Set<OpenOption> READ = Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);

    private final Path root;

    /** Files beneath {@code root}. */
    public ModulesRoot(Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /** The stamp of a regular file. */
    FileStamp stamp(Path file) throws IOException {
        Path relative = relative(file);
        try {
            Path reached = root;
            for (Path name : relative) {
                reached = reached.resolve(name);
                BasicFileAttributes attributes =
                        Files.readAttributes(reached, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
                boolean last = reached.equals(root.resolve(relative));
                if (attributes.isSymbolicLink() || (last ? !attributes.isRegularFile() : !attributes.isDirectory())) {
                    throw refused(relative, "is no regular file, or reached through a link");
                }
            }
            return FileStamp.of(reached);
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw refused(relative, "does not exist");
        }
    }

    /**
     * The size of a regular file; anything else, or one reached through a link, is refused.
     */
    public long size(Path file) throws IOException {
        return stamp(file).size();
    }

    /** Opens a file by descending from the root, so that nothing on the way can become a link meanwhile. */
    public SeekableByteChannel open(Path file) throws IOException {
        Path relative = relative(file);
        try (DirectoryStream<Path> stream = Files.newDirectoryStream(root)) {
            return open(secure(stream), relative, 0);
        } catch (NoSuchFileException | NotDirectoryException e) {
            throw refused(relative, "does not exist");
        }
    }

    private static SeekableByteChannel open(SecureDirectoryStream<Path> folder, Path relative, int depth)
            throws IOException {
        Path name = relative.getName(depth);
        if (depth == relative.getNameCount() - 1) {
            return folder.newByteChannel(name, READ);
        }
        try (SecureDirectoryStream<Path> next = folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
            return open(next, relative, depth + 1);
        }
    }

    private Path relative(Path file) {
        if (!file.isAbsolute() || !file.equals(file.normalize()) || !file.startsWith(root) || file.equals(root)) {
            throw new TaskRefusedException(TaskErrorCode.MODULE_NOT_FOUND, "the file is not beneath the modules root");
        }
        return root.relativize(file);
    }

    private static TaskRefusedException refused(Path relative, String why) {
        return new TaskRefusedException(TaskErrorCode.MODULE_NOT_FOUND, relative + " " + why);
    }

    static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IllegalStateException("this platform opens no files relative to a folder");
    }
}
