package dev.netbase.worker.group.files;

import dev.netbase.model.artifact.ArtifactStore;
import dev.netbase.model.file.TaskArtifact;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.group.application.IoThreads;
import dev.netbase.worker.group.application.TaskLog;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.wasm.TaskRefusedException;
import dev.netbase.worker.wasm.Workspaces;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import org.jboss.logging.Logger;

/**
 * Runs tasks in workspaces: made with their input files in them, and deleted whatever happens, after the files left
 * under {@code out} were kept as artifacts. For every executor whose tasks see files.
 */
@Singleton
public class TaskWorkspaces {
    private static final Logger LOG = Logger.getLogger(TaskWorkspaces.class);

    private final Workspaces workspaces;
    private final InputSources sources;
    private final ArtifactStore artifacts;
    private final IoThreads io;
    private final Semaphore fetches;
    private final ExecutorService fetchers = Executors.newVirtualThreadPerTaskExecutor();

    public TaskWorkspaces(
            Workspaces workspaces, InputSources sources, ArtifactStore artifacts, IoThreads io, InputsConfig config) {
        this.workspaces = workspaces;
        this.sources = sources;
        this.artifacts = artifacts;
        this.io = io;
        this.fetches = new Semaphore(config.concurrency());
    }

    /**
     * Runs a task in a workspace of its own.
     *
     * @param work runs the task in that folder, on a thread that may block for file access; its outcome comes only when
     *     nothing of the task runs any more
     * @return the outcome, with the artifacts if the task completed, given only after they are durable and the workspace
     *     is deleted. Fails with a {@link TaskRefusedException} if the workspace cannot be made or filled
     */
    public Uni<TaskOutcome> in(TaskCall call, Cancellation cancellation, Function<Path, Uni<TaskOutcome>> work) {
        Executor executor = call.files().isEmpty() ? io : fetchers;
        return Uni.createFrom()
                .item(call)
                .emitOn(executor)
                .map(task -> TaskLog.during(task, () -> open(task, cancellation)))
                .chain(workspace -> Uni.createFrom()
                        .deferred(() -> work.apply(workspace))
                        .emitOn(io)
                        .map(outcome -> TaskLog.during(call, () -> kept(workspace, outcome)))
                        .onItemOrFailure()
                        .invoke((outcome, e) -> delete(call)));
    }

    private Path open(TaskCall call, Cancellation cancellation) {
        Path workspace = create(call);
        if (call.files().isEmpty()) {
            return workspace;
        }
        try {
            fetches.acquire();
            try {
                new WorkspaceInputs(sources, workspace, call.limits(), cancellation).put(call.files());
            } finally {
                fetches.release();
            }
            return workspace;
        } catch (InterruptedException e) {
            delete(call);
            Thread.currentThread().interrupt();
            throw new TaskRefusedException(TaskErrorCode.CANCELLED, "the worker is stopping");
        } catch (RuntimeException e) {
            delete(call);
            throw e;
        }
    }

    private Path create(TaskCall call) {
        try {
            return workspaces.create(call.groupId(), call.key().taskInstanceId());
        } catch (IOException e) {
            LOG.errorf(e, "the workspace of task %s could not be made", call.key());
            throw new TaskRefusedException(TaskErrorCode.HOST_ERROR, "the workspace could not be made");
        }
    }

    /** The outcome with what the task left. Only what a completed task leaves counts. */
    private TaskOutcome kept(Path workspace, TaskOutcome outcome) {
        long bytes = workspaces.bytes(workspace);
        return switch (outcome) {
            case TaskOutcome.Failed(TaskErrorCode code, String message, byte[] stderr, TaskOutcome.Usage usage) ->
                new TaskOutcome.Failed(code, message, stderr, usage.withWorkspaceBytes(bytes));
            case TaskOutcome.Completed completed -> {
                TaskOutcome.Usage usage = completed.usage().withWorkspaceBytes(bytes);
                try {
                    List<TaskArtifact> left = WorkspaceArtifacts.keep(workspace, artifacts);
                    yield new TaskOutcome.Completed(completed.output(), completed.stderr(), usage, left);
                } catch (TaskRefusedException e) {
                    yield new TaskOutcome.Failed(e.code(), e.reason(), completed.stderr(), usage);
                } catch (IOException e) {
                    LOG.error("files that a task left could not be kept", e);
                    yield new TaskOutcome.Failed(
                            TaskErrorCode.HOST_ERROR,
                            "the files that the task left could not be kept",
                            completed.stderr(),
                            usage);
                }
            }
        };
    }

    private void delete(TaskCall call) {
        try {
            workspaces.delete(call.groupId(), call.key().taskInstanceId());
        } catch (IOException e) {
            TaskLog.about(
                    call.key().runId(),
                    call.groupId(),
                    () -> LOG.errorf(e, "the workspace of task %s could not be deleted", call.key()));
        }
    }

    @PreDestroy
    void close() {
        fetchers.shutdownNow();
    }
}
