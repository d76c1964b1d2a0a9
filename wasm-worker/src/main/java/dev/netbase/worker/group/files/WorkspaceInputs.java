package dev.netbase.worker.group.files;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.file.FileSource;
import dev.netbase.model.file.NormalPath;
import dev.netbase.model.file.TaskFile;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.limits.TaskLimits;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.wasm.TaskRefusedException;
import io.smallrye.mutiny.TimeoutException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import org.jboss.logging.Logger;
import software.amazon.awssdk.core.exception.SdkException;

/** Puts a task's files into its workspace, within the workspace's limits. For one task, before its guest begins. */
final class WorkspaceInputs {
    private static final Logger LOG = Logger.getLogger(WorkspaceInputs.class);
    private static final int BUFFER_BYTES = 64 << 10;

    private final InputSources sources;
    private final Path workspace;
    private final TaskLimits limits;
    private final Cancellation cancellation;
    private long bytes;
    private long entries;

    WorkspaceInputs(InputSources sources, Path workspace, TaskLimits limits, Cancellation cancellation) {
        this.sources = sources;
        this.workspace = workspace;
        this.limits = limits;
        this.cancellation = cancellation;
    }

    /**
     * Puts all of them there.
     *
     * @throws TaskRefusedException INPUT_UNAVAILABLE or WORKSPACE_FULL naming the file, or CANCELLED
     */
    void put(List<TaskFile> files) {
        for (TaskFile file : files) {
            try {
                put(file);
            } catch (TaskRefusedException e) {
                throw new TaskRefusedException(e.code(), name(file) + ": " + e.reason());
            } catch (FileSource.InvalidException e) {
                throw refused(file, e.reason());
            } catch (IOException | SdkException | TimeoutException e) {
                LOG.warnf("an input could not be fetched: %s: %s", name(file), e);
                throw refused(file, "it could not be read");
            }
        }
    }

    private void put(TaskFile file) throws IOException, FileSource.InvalidException {
        if (NormalPath.problem(file.path()).isPresent()) {
            throw InputSources.unavailable("the path is not in normal form");
        }
        Path target = workspace.resolve(file.path());
        makeFolders(file.path());
        countEntry();
        MessageDigest digest = Sha256.digest();
        try (Content content = sources.open(FileSource.parse(file.from()));
                OutputStream out =
                        Files.newOutputStream(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            byte[] buffer = new byte[BUFFER_BYTES];
            int read;
            while ((read = content.stream().read(buffer)) >= 0) {
                countBytes(read);
                digest.update(buffer, 0, read);
                out.write(buffer, 0, read);
            }
            String sha256 = content.sha256();
            if (sha256 != null && !HexFormat.of().formatHex(digest.digest()).equals(sha256)) {
                throw InputSources.unavailable("its content is not what its checksum says");
            }
        }
    }

    /** Makes the folders that are missing; nothing but this task's files is here yet, so no link can be in the way. */
    private void makeFolders(String path) throws IOException {
        for (int slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
            Path folder = workspace.resolve(path.substring(0, slash));
            if (!Files.isDirectory(folder)) {
                countEntry();
                Files.createDirectory(folder);
            }
        }
    }

    private void countEntry() {
        entries++;
        if (entries > limits.get(TaskLimit.WORKSPACE_FILES)) {
            throw full(TaskLimit.WORKSPACE_FILES);
        }
    }

    private void countBytes(int more) {
        if (cancellation.reason().isPresent()) {
            throw new TaskRefusedException(TaskErrorCode.CANCELLED, "the task was cancelled");
        }
        bytes += more;
        if (bytes > limits.get(TaskLimit.WORKSPACE_BYTES)) {
            throw full(TaskLimit.WORKSPACE_BYTES);
        }
    }

    private TaskRefusedException full(TaskLimit limit) {
        return new TaskRefusedException(
                TaskErrorCode.WORKSPACE_FULL, "the inputs are over limits." + limit.key() + " of " + limits.get(limit));
    }

    private static TaskRefusedException refused(TaskFile file, String why) {
        return new TaskRefusedException(TaskErrorCode.INPUT_UNAVAILABLE, name(file) + ": " + why);
    }

    private static String name(TaskFile file) {
        return file.path() + " from " + file.from();
    }
}
