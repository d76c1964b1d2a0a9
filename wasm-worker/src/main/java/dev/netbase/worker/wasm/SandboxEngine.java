package dev.netbase.worker.wasm;

import dev.netbase.model.task.TaskErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One sandbox of the native library, in Java's terms. Results leave the library's threads at once. */
final class SandboxEngine implements AutoCloseable {
    /** What is wrong with the module itself, and will be tomorrow. */
    private static final Set<TaskErrorCode> LASTING =
            Set.of(TaskErrorCode.INVALID_MODULE, TaskErrorCode.OUT_OF_MEMORY, TaskErrorCode.TABLE_LIMIT);

    /** Of the native library's origins: compiled, because what was on disk had been tampered with. */
    private static final int REPLACED = 2;

    private static final Logger LOG = Logger.getLogger(SandboxEngine.class);

    private final long sandbox;
    private final List<TaskErrorCode> failures;
    private final Executor executor;
    private final EndedGuests endedGuests;
    private final Set<CompletableFuture<CodeCache.Entry>> compiling = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** The code is gone: the cache let go of it. */
    static final class ReleasedException extends Exception {
        private static final long serialVersionUID = 1L;
    }

    SandboxEngine(SandboxConfig config, byte[] compileOptions, Executor executor) {
        this.executor = executor;
        endedGuests = new EndedGuests(executor, Math.max(1, Runtime.getRuntime().availableProcessors() / 2));
        failures = failures(NativeSandbox.outcomeNames());
        sandbox = NativeSandbox.create(
                config.slots(),
                config.threads().orElseGet(() -> Runtime.getRuntime().availableProcessors()),
                config.compilations(),
                config.maxMemory().asLongValue(),
                config.maxTableElements(),
                compileOptions);
    }

    /** The library's outcome numbers, from 1 on, as error codes; 0 is success. A name that is none fails here. */
    static List<TaskErrorCode> failures(String[] names) {
        if (!names[0].equals("COMPLETED")) {
            throw new IllegalStateException("the native library is of another version: " + List.of(names));
        }
        return Stream.of(names).skip(1).map(TaskErrorCode::valueOf).toList();
    }

    /** Compiles; what cannot be used for good is an entry, what may succeed later a failure. */
    CompletableFuture<CodeCache.Entry> compile(byte[] module, String checksum) {
        CompletableFuture<CodeCache.Entry> result = new CompletableFuture<>();
        compiling.add(result);
        result.whenComplete((entry, failure) -> compiling.remove(result));
        try {
            NativeSandbox.compile(
                    sandbox,
                    module,
                    checksum,
                    (handle, bytes, seesFiles, origin, code, message) -> dispatch(() -> {
                        if (origin == REPLACED) {
                            LOG.warnf("compiled code on disk was not this machine's: %s was compiled again", checksum);
                        }
                        if (code == 0) {
                            result.complete(new CodeCache.Code(handle, bytes, seesFiles));
                        } else {
                            refuse(result, failures.get(code - 1), message);
                        }
                    }));
        } catch (IllegalStateException e) {
            refuse(result, TaskErrorCode.CANCELLED, e.getMessage());
        }
        if (closed) {
            refuse(result, TaskErrorCode.CANCELLED, "the sandbox is closed");
        }
        return result;
    }

    private static void refuse(
            CompletableFuture<CodeCache.Entry> result, TaskErrorCode code, @Nullable String message) {
        TaskRefusedException cause = new TaskRefusedException(code, String.valueOf(message));
        if (LASTING.contains(code)) {
            result.complete(new CodeCache.Refusal(cause));
        } else {
            result.completeExceptionally(cause);
        }
    }

    /**
     * Starts a guest and answers the number to cancel it by; {@code ended} is called once, when it is gone.
     *
     * @throws IllegalStateException if the sandbox is closed
     */
    long submit(CompiledModule module, WasmTask task, Consumer<WasmOutcome> ended) throws ReleasedException {
        try {
            return NativeSandbox.submit(
                    sandbox,
                    module.handle(),
                    task.input(),
                    TaskOptions.encode(task),
                    (code, output, stderr, message, usage) -> {
                        WasmOutcome outcome = code == 0
                                ? new WasmOutcome.Completed(output, stderr, usage)
                                : new WasmOutcome.Failed(
                                        failures.get(code - 1), String.valueOf(message), stderr, usage);
                        endedGuests.add(() -> ended.accept(outcome));
                    });
        } catch (IllegalStateException e) {
            if (closed) {
                throw e;
            }
            throw new ReleasedException();
        }
    }

    /** Ends a guest; one that is gone already is no error. */
    void cancel(long call) {
        if (!closed) {
            try {
                NativeSandbox.cancel(sandbox, call);
            } catch (IllegalStateException e) {
                // Closed in between, which cancels everything.
                return;
            }
        }
    }

    /** Lets go of code; guests that run it keep it until they end. */
    void release(CodeCache.Code code) {
        if (!closed) {
            try {
                NativeSandbox.release(sandbox, code.handle());
            } catch (IllegalStateException e) {
                // Closed in between, which releases everything.
                return;
            }
        }
    }

    /** All zero for a closed sandbox. */
    CodeStats codeStats() {
        try {
            return CodeStats.of(NativeSandbox.codeStats(sandbox));
        } catch (IllegalStateException e) {
            return new CodeStats(0, 0, 0, 0, 0, 0);
        }
    }

    /** Zero for a closed sandbox. */
    Duration guestTime() {
        try {
            return Duration.ofNanos(NativeSandbox.guestNanos(sandbox));
        } catch (IllegalStateException e) {
            return Duration.ZERO;
        }
    }

    boolean isClosed() {
        return closed;
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            NativeSandbox.close(sandbox);
            for (CompletableFuture<CodeCache.Entry> result : compiling) {
                refuse(result, TaskErrorCode.CANCELLED, "the sandbox is closed");
            }
        }
    }

    private void dispatch(Runnable work) {
        try {
            executor.execute(work);
        } catch (RejectedExecutionException e) {
            work.run();
        }
    }
}
