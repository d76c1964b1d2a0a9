package dev.netbase.worker.group.wasm;

import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.group.application.InvalidConfigException;
import dev.netbase.worker.group.application.SpecCache;
import dev.netbase.worker.group.application.TaskExecutor;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskSpec;
import dev.netbase.worker.group.files.TaskWorkspaces;
import dev.netbase.worker.wasm.AssetCache;
import dev.netbase.worker.wasm.AssetVersion;
import dev.netbase.worker.wasm.CompiledModule;
import dev.netbase.worker.wasm.ModuleRef;
import dev.netbase.worker.wasm.TaskRefusedException;
import dev.netbase.worker.wasm.Usage;
import dev.netbase.worker.wasm.WasmExecution;
import dev.netbase.worker.wasm.WasmManager;
import dev.netbase.worker.wasm.WasmOutcome;
import dev.netbase.worker.wasm.WasmTask;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/**
 * Runs a task's module in the sandbox: the module verified and compiled, a workspace and the package's verified files
 * for one that can see files, the workspace deleted before the outcome is given.
 */
@Singleton
public class RunWasmCalculation implements TaskExecutor {
    private final WasmManager manager;
    private final AssetCache assets;
    private final TaskWorkspaces workspaces;
    private final SpecCache specs;
    private final Path modulesRoot;

    public RunWasmCalculation(
            WasmManager manager,
            AssetCache assets,
            TaskWorkspaces workspaces,
            SpecCache specs,
            @ConfigProperty(name = "netbase.modules.root") Path modulesRoot) {
        this.manager = manager;
        this.assets = assets;
        this.workspaces = workspaces;
        this.specs = specs;
        this.modulesRoot = modulesRoot.toAbsolutePath().normalize();
    }

    /** The task was asked to end before its guest began. */
    private static final class CancelledException extends RuntimeException {
        CancelledException() {
            super("cancelled before it began", null, false, false);
        }
    }

    @Override
    public AgentType type() {
        return AgentType.WASM;
    }

    /** A module that is compiled already, and can see no files: its memory is all it has. */
    @Override
    public boolean hasNoEffects(TaskSpec spec) {
        return manager.isReadyAndSeesNoFiles(spec.file().checksum());
    }

    @Override
    public Uni<TaskOutcome> execute(TaskCall call, Cancellation cancellation) {
        WasmSettings settings;
        try {
            settings = WasmSettings.of(call.spec().config());
        } catch (InvalidConfigException e) {
            return Uni.createFrom().item(failed(TaskErrorCode.INVALID_MODULE, String.valueOf(e.getMessage())));
        }
        long begin = System.nanoTime();
        return untilCancelled(manager.load(module(call.spec().file())), cancellation)
                .chain(module -> module.seesFiles() || !call.files().isEmpty()
                        ? runWithFiles(call, settings, module, cancellation, begin)
                        : run(task(call, settings, module, null, null), cancellation, begin))
                .onFailure(TaskRefusedException.class)
                .recoverWithItem(RunWasmCalculation::refused)
                .onFailure(CancelledException.class)
                .recoverWithItem(() -> failed(TaskErrorCode.CANCELLED, "the task was cancelled"));
    }

    private Uni<TaskOutcome> runWithFiles(
            TaskCall call, WasmSettings settings, CompiledModule module, Cancellation cancellation, long begin) {
        TaskSpec.AssetFile file = call.spec().file();
        // A task that is cancelled needs its files no more, and nobody may be there to take them.
        Uni<AssetCache.Opened> opened = specs.files(file.versionId())
                .chain(files -> assets.open(version(file, files)))
                .invoke(asset -> cancellation.onRequest(asset::close));
        return untilCancelled(opened, cancellation)
                .chain(asset -> workspaces
                        .in(
                                call,
                                cancellation,
                                workspace -> run(
                                        task(call, settings, module, workspace, asset.folder()), cancellation, begin))
                        .onTermination()
                        .invoke(asset::close));
    }

    /** Runs the guest; all that came before, from {@code begin} on, was loading. */
    private Uni<TaskOutcome> run(WasmTask task, Cancellation cancellation, long begin) {
        long loadingMicros = (System.nanoTime() - begin) / 1_000;
        WasmExecution execution = manager.start(task);
        cancellation.onRequest(execution::cancel);
        return execution.outcome().map(outcome -> outcome(outcome, loadingMicros));
    }

    private ModuleRef module(TaskSpec.AssetFile file) {
        return new ModuleRef(file.path(modulesRoot), file.checksum(), file.sizeBytes(), file.relativePath());
    }

    private AssetVersion version(TaskSpec.AssetFile file, List<TaskSpec.VersionFile> files) {
        return new AssetVersion(
                file.versionDirectory(modulesRoot),
                files.stream()
                        .map(each -> new AssetVersion.File(each.relativePath(), each.checksum(), each.sizeBytes()))
                        .toList());
    }

    private static WasmTask task(
            TaskCall call,
            WasmSettings settings,
            CompiledModule module,
            @Nullable Path workspace,
            @Nullable Path assetFolder) {
        return new WasmTask(
                module,
                call.input(),
                call.limits(),
                workspace,
                settings.workspaceMount(),
                assetFolder,
                settings.args(),
                settings.env(),
                settings.determinism());
    }

    /** What comes of {@code preparation}, or a failure as soon as the task is to end. The rest of it goes on unheeded. */
    private static <T> Uni<T> untilCancelled(Uni<T> preparation, Cancellation cancellation) {
        return Uni.createFrom().emitter(emitter -> {
            cancellation.onRequest(() -> emitter.fail(new CancelledException()));
            preparation.subscribe().with(emitter::complete, emitter::fail);
        });
    }

    private static TaskOutcome outcome(WasmOutcome outcome, long loadingMicros) {
        Usage used = outcome.usage();
        TaskOutcome.Usage usage = new TaskOutcome.Usage(
                used.fuelUsed(),
                used.peakMemoryBytes(),
                0,
                loadingMicros,
                used.instantiatingMicros(),
                used.runningMicros());
        return switch (outcome) {
            case WasmOutcome.Completed completed ->
                new TaskOutcome.Completed(completed.output(), completed.stderr(), usage);
            case WasmOutcome.Failed failed ->
                new TaskOutcome.Failed(failed.code(), failed.message(), failed.stderr(), usage);
        };
    }

    private static TaskOutcome refused(TaskRefusedException e) {
        return failed(e.code(), e.reason());
    }

    private static TaskOutcome failed(TaskErrorCode code, String message) {
        return TaskOutcome.Failed.before(code, message);
    }
}
