package dev.netbase.worker.wasm;

import dev.netbase.model.task.TaskErrorCode;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * The process-wide singleton over the native sandbox. Nothing here blocks the caller, no thread waits for a guest, and
 * results are emitted on a few virtual threads, which must not be held up.
 */
@ApplicationScoped
public class WasmManager {
    /** How long closing waits for guests to end. */
    private static final long CLOSE_SECONDS = 5;

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
    private final SandboxEngine engine;
    private final CodeCache cache;
    private final ModuleLoader loader;
    private final Set<Execution> underWay = ConcurrentHashMap.newKeySet();

    /**
     * Starts the sandbox.
     *
     * @param config its bounds
     * @param compileConfig bounds of compiling a module
     * @param modulesRoot the only place that modules are read from
     * @param cacheRoot where machine code is kept
     * @param library where the native library is, the compiler's program beside it; empty takes those in the
     *     application's archive
     */
    @Inject
    public WasmManager(
            SandboxConfig config,
            CompileConfig compileConfig,
            @ConfigProperty(name = "netbase.modules.root") Path modulesRoot,
            @ConfigProperty(name = "netbase.cache.root") Path cacheRoot,
            @ConfigProperty(name = "netbase.worker.native-library") Optional<Path> library) {
        NativeLibrary.load(library);
        engine = new SandboxEngine(config, CompileOptions.encode(compileConfig, cacheRoot), executor);
        cache = new CodeCache(config.moduleCache().asLongValue());
        loader = new ModuleLoader(new ModulesRoot(modulesRoot), cache, engine, executor, InstantSource.system());
    }

    /**
     * The compiled module: from the cache while its file is untouched, else read once, verified, and compiled from
     * exactly the verified bytes.
     *
     * @return fails with a {@link TaskRefusedException}: MODULE_NOT_FOUND, CHECKSUM_MISMATCH, INVALID_MODULE,
     *     OUT_OF_MEMORY or TABLE_LIMIT for a minimum over the sandbox's bounds, CANCELLED when closed, or HOST_ERROR
     */
    public Uni<CompiledModule> load(ModuleRef ref) {
        return Uni.createFrom()
                .completionStage(() -> engine.isClosed() ? CompletableFuture.failedFuture(closed()) : loader.load(ref))
                .onFailure()
                .transform(WasmManager::unwrapped);
    }

    /** Whether the module of this checksum is compiled and in memory, and its guests can see no files. */
    public boolean isReadyAndSeesNoFiles(String checksum) {
        return cache.get(checksum)
                .filter(entry -> entry instanceof CodeCache.Code code && !code.seesFiles())
                .isPresent();
    }

    /** Runs a task. Cancelling the subscription ends the guest; to learn when it is gone, use {@link #start}. */
    public Uni<WasmOutcome> execute(WasmTask task) {
        return Uni.createFrom().deferred(() -> {
            WasmExecution execution = start(task);
            return execution.outcome().onCancellation().invoke(execution::cancel);
        });
    }

    /** Starts a task; it waits while all slots are taken, and its time begins only then. */
    public WasmExecution start(WasmTask task) {
        Execution execution = new Execution(task);
        underWay.add(execution);
        execution.outcome.whenComplete((outcome, failure) -> underWay.remove(execution));
        execution.submit(task.module());
        return new WasmExecution(Uni.createFrom().completionStage(execution.outcome::copy), execution::cancel);
    }

    /** Guests that run or wait. */
    public int underWay() {
        return underWay.size();
    }

    /** Bytes of machine code in memory. */
    public long cachedBytes() {
        return cache.bytes();
    }

    /** Time that threads have spent in guests and in what guests called since the start, all together. */
    public Duration guestTime() {
        return engine.guestTime();
    }

    /** What compiling has come to. */
    public CodeStats codeStats() {
        return engine.codeStats();
    }

    /** Ends every guest as CANCELLED, and waits for that for a few seconds. What is started later ends so at once. */
    @PreDestroy
    public void close() {
        engine.close();
        CompletableFuture.allOf(
                        underWay.stream().map(execution -> execution.outcome).toArray(CompletableFuture[]::new))
                .completeOnTimeout(null, CLOSE_SECONDS, TimeUnit.SECONDS)
                .join();
        executor.shutdown();
    }

    private static TaskRefusedException closed() {
        return new TaskRefusedException(TaskErrorCode.CANCELLED, "the sandbox is closed");
    }

    static Throwable unwrapped(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    /** A task from its submission to its end. */
    private final class Execution {
        private final CompletableFuture<WasmOutcome> outcome = new CompletableFuture<>();
        private final WasmTask task;
        private long call;
        private boolean cancelled;

        Execution(WasmTask task) {
            this.task = task;
        }

        synchronized void submit(CompiledModule module) {
            if (cancelled || engine.isClosed()) {
                fail(TaskErrorCode.CANCELLED, "cancelled");
                return;
            }
            try {
                call = engine.submit(module, task, outcome::complete);
            } catch (SandboxEngine.ReleasedException e) {
                // The cache let go of the code between loading and running.
                loader.load(module.ref()).whenComplete((again, failure) -> {
                    if (failure == null) {
                        submit(again);
                    } else if (unwrapped(failure) instanceof TaskRefusedException refused) {
                        fail(refused.code(), refused.reason());
                    } else {
                        fail(TaskErrorCode.HOST_ERROR, "the module cannot be loaded");
                    }
                });
            } catch (IllegalStateException e) {
                fail(TaskErrorCode.CANCELLED, "the sandbox is closed");
            }
        }

        synchronized void cancel() {
            cancelled = true;
            if (call != 0) {
                engine.cancel(call);
            }
        }

        private void fail(TaskErrorCode code, String message) {
            outcome.complete(new WasmOutcome.Failed(code, message, new byte[0], Usage.NONE));
        }
    }
}
