package dev.netbase.worker.group.container;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.container.ContainerConfig;
import dev.netbase.worker.container.ContainerEngine;
import dev.netbase.worker.container.ContainerEngines;
import dev.netbase.worker.container.ContainerFailedException;
import dev.netbase.worker.container.ContainerRun;
import dev.netbase.worker.container.ContainerTask;
import dev.netbase.worker.container.ContainerTimes;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.group.application.ConcurrencyLimit;
import dev.netbase.worker.group.application.ConcurrencyLimit.Turn;
import dev.netbase.worker.group.application.InvalidConfigException;
import dev.netbase.worker.group.application.LeaseKeeper;
import dev.netbase.worker.group.application.SpecCache;
import dev.netbase.worker.group.application.TaskExecutor;
import dev.netbase.worker.group.application.TaskLog;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskSpec;
import dev.netbase.worker.group.files.TaskWorkspaces;
import dev.netbase.worker.wasm.AssetCache;
import dev.netbase.worker.wasm.AssetVersion;
import dev.netbase.worker.wasm.TaskRefusedException;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Runs a task in a container: of the image that its configuration names, or of its agent's Dockerfile, built with the
 * verified files of its version. A workspace is mounted, and deleted before the outcome is given.
 */
@Singleton
public class RunContainer implements TaskExecutor {
    private final ContainerEngines engines;
    private final ContainerSweep sweep;
    private final AssetCache assets;
    private final TaskWorkspaces workspaces;
    private final SpecCache specs;
    private final LeaseKeeper lease;
    private final Path modulesRoot;
    private final ConcurrencyLimit limit;
    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    public RunContainer(
            ContainerEngines engines,
            ContainerSweep sweep,
            ContainerConfig config,
            AssetCache assets,
            TaskWorkspaces workspaces,
            SpecCache specs,
            LeaseKeeper lease,
            @ConfigProperty(name = "netbase.modules.root") Path modulesRoot) {
        this.engines = engines;
        this.sweep = sweep;
        this.assets = assets;
        this.workspaces = workspaces;
        this.specs = specs;
        this.lease = lease;
        this.modulesRoot = modulesRoot.toAbsolutePath().normalize();
        this.limit = new ConcurrencyLimit(config.concurrency());
    }

    @Override
    public AgentType type() {
        return AgentType.CONTAINER;
    }

    @Override
    public Uni<TaskOutcome> execute(TaskCall call, Cancellation cancellation) {
        if (engines.engine().isEmpty()) {
            return Uni.createFrom()
                    .item(failed(
                            TaskErrorCode.UNSUPPORTED_AGENT_TYPE,
                            "this worker runs no containers: the operator enables them with"
                                    + " netbase.container.endpoint=unix:///PATH, the socket of Docker or Podman"));
        }
        ContainerEngine engine = engines.engine().get();
        long begin = System.nanoTime();
        ContainerSettings settings;
        try {
            settings = ContainerSettings.of(call.spec().config());
        } catch (InvalidConfigException e) {
            return Uni.createFrom().item(failed(TaskErrorCode.INVALID_MODULE, String.valueOf(e.getMessage())));
        }
        TaskSpec.AssetFile file = call.spec().file();
        return specs.files(file.versionId())
                .chain(files -> assets.open(version(file, files)))
                .chain(asset -> Uni.createFrom()
                        .completionStage(() -> start(engine, call, settings, asset.folder(), cancellation, begin))
                        .onTermination()
                        .invoke(asset::close))
                .onFailure(TaskRefusedException.class)
                .recoverWithItem(e -> failed(((TaskRefusedException) e).code(), ((TaskRefusedException) e).reason()));
    }

    private CompletableFuture<TaskOutcome> start(
            ContainerEngine engine,
            TaskCall call,
            ContainerSettings settings,
            Path assetFolder,
            Cancellation cancellation,
            long begin) {
        CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
        Turn turn = limit.enqueue(() -> executor.execute(() -> {
            try {
                outcome.complete(inWorkspace(engine, call, settings, assetFolder, cancellation, begin));
            } catch (RuntimeException | Error e) {
                outcome.completeExceptionally(e);
            } finally {
                limit.release();
            }
        }));
        cancellation.onRequest(() -> {
            if (turn.withdraw()) {
                outcome.complete(failed(TaskErrorCode.CANCELLED, "the task was cancelled"));
            }
        });
        return outcome;
    }

    private TaskOutcome inWorkspace(
            ContainerEngine engine,
            TaskCall call,
            ContainerSettings settings,
            Path assetFolder,
            Cancellation cancellation,
            long begin) {
        try {
            sweep.ensure();
        } catch (ContainerFailedException e) {
            return failed(e.code(), e.reason());
        }
        return workspaces
                .in(
                        call,
                        cancellation,
                        workspace -> Uni.createFrom()
                                .item(workspace)
                                .emitOn(executor)
                                .map(folder -> TaskLog.during(
                                        call,
                                        () -> run(
                                                engine,
                                                task(call, settings, folder, assetFolder),
                                                cancellation,
                                                begin))))
                .onFailure(TaskRefusedException.class)
                .recoverWithItem(e -> failed(((TaskRefusedException) e).code(), ((TaskRefusedException) e).reason()))
                .await()
                .indefinitely();
    }

    private static TaskOutcome run(ContainerEngine engine, ContainerTask task, Cancellation cancellation, long begin) {
        long prepared = (System.nanoTime() - begin) / 1_000;
        ContainerRun run = engine.prepare(task);
        cancellation.onRequest(run::cancel);
        try {
            byte[] output = run.run();
            return new TaskOutcome.Completed(output, run.stderr(), usage(prepared, run.times()));
        } catch (ContainerFailedException e) {
            return new TaskOutcome.Failed(e.code(), e.reason(), run.stderr(), usage(prepared, run.times()));
        }
    }

    /** All that came before the container was made was loading. */
    private static TaskOutcome.Usage usage(long preparedMicros, ContainerTimes times) {
        return new TaskOutcome.Usage(
                0, 0, 0, preparedMicros + times.loadingMicros(), times.startingMicros(), times.runningMicros());
    }

    private ContainerTask task(TaskCall call, ContainerSettings settings, Path workspace, Path assetFolder) {
        ContainerTask.Image image = settings.image()
                .<ContainerTask.Image>map(ContainerTask.Image.Named::new)
                .orElseGet(() -> built(call.spec().file().relativePath(), assetFolder));
        return new ContainerTask(
                image,
                settings.args(),
                settings.env(),
                settings.network(),
                call.input(),
                call.limits(),
                workspace,
                assetFolder,
                labels(call));
    }

    /** The folder of verified files is named by what is in it. */
    private static ContainerTask.Image built(String dockerfile, Path assetFolder) {
        String contents = assetFolder.getFileName() + "\n" + dockerfile;
        return new ContainerTask.Image.Built(Sha256.hex(contents.getBytes(StandardCharsets.UTF_8)), dockerfile);
    }

    private Map<String, String> labels(TaskCall call) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put(ContainerEngine.OWNER_LABEL, sweep.owner());
        labels.put("netbase.group", call.groupId());
        labels.put("netbase.run", call.key().runId());
        labels.put(
                "netbase.task", call.key().taskInstanceId() + "-" + call.key().attempt());
        lease.held().ifPresent(held -> {
            labels.put("netbase.worker", held.workerId());
            labels.put("netbase.epoch", Long.toString(held.epoch()));
        });
        return labels;
    }

    private AssetVersion version(TaskSpec.AssetFile file, List<TaskSpec.VersionFile> files) {
        return new AssetVersion(
                file.versionDirectory(modulesRoot),
                files.stream()
                        .map(each -> new AssetVersion.File(each.relativePath(), each.checksum(), each.sizeBytes()))
                        .toList());
    }

    private static TaskOutcome failed(TaskErrorCode code, String message) {
        return TaskOutcome.Failed.before(code, message);
    }
}
