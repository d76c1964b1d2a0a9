package dev.netbase.worker.group.files;

import dev.netbase.model.artifact.ArtifactStore;
import dev.netbase.model.file.NormalPath;
import dev.netbase.model.file.TaskArtifact;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.wasm.TaskRefusedException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SecureDirectoryStream;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Keeps the regular files that a task left under {@code out}. Links are not followed, and like all that is no regular
 * file they are passed over. Everything goes by open folders and single names. Blocks on the file system.
 */
final class WorkspaceArtifacts {
    private final ArtifactStore store;
    private final List<TaskArtifact> kept = new ArrayList<>();

    private WorkspaceArtifacts(ArtifactStore store) {
        this.store = store;
    }

    /**
     * Keeps what is there, durably, and lists it by path.
     *
     * @throws TaskRefusedException INVALID_OUTPUT if a file's path is not in normal form
     * @throws IOException if something cannot be read or stored
     */
    static List<TaskArtifact> keep(Path workspace, ArtifactStore store) throws IOException {
        Path out = workspace.resolve("out");
        if (!Files.isDirectory(out, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        WorkspaceArtifacts artifacts = new WorkspaceArtifacts(store);
        try (DirectoryStream<Path> opened = Files.newDirectoryStream(out)) {
            artifacts.keep(secure(opened), "");
        }
        artifacts.kept.sort(Comparator.comparing(TaskArtifact::path));
        return List.copyOf(artifacts.kept);
    }

    private void keep(SecureDirectoryStream<Path> folder, String prefix) throws IOException {
        for (Path entry : folder) {
            Path name = entry.getFileName();
            String path = prefix + name;
            BasicFileAttributes attributes = folder.getFileAttributeView(
                            name, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                    .readAttributes();
            if (attributes.isDirectory()) {
                checkPath(path);
                try (SecureDirectoryStream<Path> inner = folder.newDirectoryStream(name, LinkOption.NOFOLLOW_LINKS)) {
                    keep(inner, path + "/");
                }
            } else if (attributes.isRegularFile()) {
                checkPath(path);
                kept.add(keepFile(folder, name, path));
            }
        }
    }

    private TaskArtifact keepFile(SecureDirectoryStream<Path> folder, Path name, String path) throws IOException {
        try (InputStream content = Channels.newInputStream(
                folder.newByteChannel(name, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)))) {
            ArtifactStore.Stored stored = store.put(content);
            return new TaskArtifact(path, stored.sha256(), stored.sizeBytes());
        }
    }

    /** The path also bounds the depth, so that no more folders are open than a path can name. */
    private static void checkPath(String path) {
        Optional<String> problem = NormalPath.problem(path);
        if (problem.isPresent()) {
            throw new TaskRefusedException(
                    TaskErrorCode.INVALID_OUTPUT, "the path of a file left under out " + problem.get());
        }
    }

    private static SecureDirectoryStream<Path> secure(DirectoryStream<Path> stream) {
        if (stream instanceof SecureDirectoryStream<Path> secure) {
            return secure;
        }
        throw new IllegalStateException("this platform opens no files relative to a folder");
    }
}
