package dev.netbase.worker.container;

import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.task.TaskErrorCode;
import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds a container to its workspace's bytes and files. A bind mount has no quota, so the folder is counted while the
 * container runs and once more at its end: it can be over for as long as one look takes to come.
 */
final class WorkspaceQuota {
    private static final Logger LOG = Logger.getLogger(WorkspaceQuota.class);
    private static final long LOOK_EVERY_MILLIS = 500;

    private WorkspaceQuota() {}

    /** Looks again and again until the future is cancelled; each look on a thread of its own. */
    static ScheduledFuture<?> watch(
            ScheduledExecutorService timer, ContainerTask task, Consumer<ContainerFailedException> onExceeded) {
        AtomicBoolean looking = new AtomicBoolean();
        return timer.scheduleWithFixedDelay(
                () -> {
                    if (looking.compareAndSet(false, true)) {
                        Thread.ofVirtual().name("workspace-quota").start(() -> {
                            try {
                                check(task);
                            } catch (ContainerFailedException e) {
                                onExceeded.accept(e);
                            } finally {
                                looking.set(false);
                            }
                        });
                    }
                },
                LOOK_EVERY_MILLIS,
                LOOK_EVERY_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    /** Counts once: logical sizes, links not followed. */
    static void check(ContainerTask task) throws ContainerFailedException {
        long maxBytes = task.limits().get(TaskLimit.WORKSPACE_BYTES);
        long maxFiles = task.limits().get(TaskLimit.WORKSPACE_FILES);
        Count count = new Count(maxBytes, maxFiles);
        try {
            Files.walkFileTree(task.workspace(), count);
        } catch (IOException e) {
            LOG.debugf("a workspace is counted as far as it can be read: %s", e.getMessage());
        }
        count.throwIfOver();
    }

    private static final class Count extends SimpleFileVisitor<Path> {
        /** {@code in} and {@code out}, which are there from the beginning, and the folder itself. */
        private static final int OURS = 3;

        private final long maxBytes;
        private final long maxFiles;
        private long bytes;
        private long files = -OURS;

        Count(long maxBytes, long maxFiles) {
            this.maxBytes = maxBytes;
            this.maxFiles = maxFiles;
        }

        @Override
        public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            files++;
            return next();
        }

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            files++;
            bytes += attributes.size();
            return next();
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) {
            return FileVisitResult.CONTINUE;
        }

        private FileVisitResult next() {
            return bytes > maxBytes || files > maxFiles ? FileVisitResult.TERMINATE : FileVisitResult.CONTINUE;
        }

        void throwIfOver() throws ContainerFailedException {
            if (bytes > maxBytes) {
                throw full("bytes (limits.workspace_bytes)", maxBytes);
            }
            if (files > maxFiles) {
                throw full("files (limits.workspace_files)", maxFiles);
            }
        }

        private static ContainerFailedException full(String what, long most) {
            return new ContainerFailedException(
                    TaskErrorCode.WORKSPACE_FULL, "the workspace has over " + most + " " + what);
        }
    }
}
