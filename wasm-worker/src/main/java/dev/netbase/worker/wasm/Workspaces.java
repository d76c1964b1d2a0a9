package dev.netbase.worker.wasm;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The folders that tasks work in: {@code {root}/{group_id}/{task_instance_id}} with {@code in} and {@code out}. They
 * belong to one worker process. All methods block on the file system: call them from threads that may.
 */
@ApplicationScoped
public class Workspaces {
    private static final FileAttribute<Set<PosixFilePermission>> PRIVATE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));

    /** Another task of the group may delete the group's folder between its making and its use. */
    private static final int ATTEMPTS = 100;

    private final Path root;

    @Inject
    public Workspaces(@ConfigProperty(name = "netbase.workspaces.root") Path root) {
        this.root = root.toAbsolutePath().normalize();
    }

    /**
     * Makes the workspace of a task, empty but for {@code in} and {@code out}.
     *
     * @param groupId a nanoid
     * @throws IllegalArgumentException for a group id that is no plain name
     * @throws IOException also if there is one already
     */
    public Path create(String groupId, long taskInstanceId) throws IOException {
        Path group = group(groupId);
        Path workspace = group.resolve(Long.toString(taskInstanceId));
        for (int attempt = 1; ; attempt++) {
            try {
                makeGroup(group);
                Files.createDirectory(workspace, PRIVATE);
                break;
            } catch (NoSuchFileException e) {
                if (attempt == ATTEMPTS) {
                    throw e;
                }
            }
        }
        Files.createDirectory(workspace.resolve("in"), PRIVATE);
        Files.createDirectory(workspace.resolve("out"), PRIVATE);
        return workspace;
    }

    /** Not {@code createDirectories}: it fails for a folder that is deleted while it finds that it is there. */
    private void makeGroup(Path group) throws IOException {
        try {
            Files.createDirectory(group, PRIVATE);
        } catch (FileAlreadyExistsException e) {
            return;
        } catch (NoSuchFileException e) {
            Files.createDirectories(root, PRIVATE);
            throw e;
        }
    }

    /** Deletes the workspace of a task, whatever is in it, and the group's folder with the last of its tasks. */
    public void delete(String groupId, long taskInstanceId) throws IOException {
        Path group = group(groupId);
        Trees.delete(group.resolve(Long.toString(taskInstanceId)));
        try {
            Files.deleteIfExists(group);
        } catch (DirectoryNotEmptyException e) {
            // Other tasks of the group are still at work.
            return;
        }
    }

    /** Deletes what an earlier process left. To be called before the first {@link #create}. */
    public void sweep() throws IOException {
        Files.createDirectories(root, PRIVATE);
        Trees.deleteContents(root);
    }

    private Path group(String groupId) {
        if (groupId.isEmpty() || groupId.startsWith(".") || groupId.indexOf('/') >= 0 || groupId.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("not a group id: " + groupId);
        }
        return root.resolve(groupId);
    }
}
