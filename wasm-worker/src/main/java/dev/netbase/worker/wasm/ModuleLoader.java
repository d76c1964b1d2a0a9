package dev.netbase.worker.wasm;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.task.TaskErrorCode;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * From a reference to compiled code. Concurrent first uses read once and compile once; later uses cost a few stats,
 * and read again only if the file was touched.
 */
final class ModuleLoader {
    /** Verified files that are remembered; a file forgotten is only read again. */
    private static final int MAX_VERIFIED = 100_000;

    private final ModulesRoot root;
    private final CodeCache cache;
    private final SandboxEngine engine;
    private final Executor executor;
    private final InstantSource clock;
    private final Map<Path, Verified> verified = new ConcurrentHashMap<>();
    private final Map<ModuleRef, CompletableFuture<CompiledModule>> loading = new ConcurrentHashMap<>();
    private final Map<String, CompletableFuture<CodeCache.Entry>> compiling = new ConcurrentHashMap<>();

    /** A file as it was when its bytes had this checksum. */
    private record Verified(FileStamp stamp, String checksum) {}

    /** A loader that reads on {@code executor}, whose threads may block. */
    ModuleLoader(ModulesRoot root, CodeCache cache, SandboxEngine engine, Executor executor, InstantSource clock) {
        this.root = root;
        this.cache = cache;
        this.engine = engine;
        this.executor = executor;
        this.clock = clock;
    }

    /** The module, or a {@link TaskRefusedException} as the future's cause. At once if it is there and its file untouched. */
    CompletableFuture<CompiledModule> load(ModuleRef ref) {
        if (cache.get(ref.checksum()).orElse(null) instanceof CodeCache.Code code && isUntouched(ref)) {
            return CompletableFuture.completedFuture(module(ref, code));
        }
        return SingleFlight.once(
                loading,
                ref,
                () -> CompletableFuture.supplyAsync(() -> verify(ref), executor)
                        .thenCompose(Function.identity())
                        .thenApply(entry -> switch (entry) {
                            case CodeCache.Code code -> module(ref, code);
                            case CodeCache.Refusal refusal -> throw refusal.cause();
                        }));
    }

    /** Whether the path leads to the very file that was verified. One look, whatever the path: the stamp has the inode. */
    private boolean isUntouched(ModuleRef ref) {
        Verified before = verified.get(ref.path());
        try {
            return before != null && before.equals(new Verified(FileStamp.of(ref.path()), ref.checksum()));
        } catch (IOException e) {
            return false;
        }
    }

    private static CompiledModule module(ModuleRef ref, CodeCache.Code code) {
        return new CompiledModule(ref, code.handle(), code.bytes(), code.seesFiles());
    }

    private CompletableFuture<CodeCache.Entry> verify(ModuleRef ref) {
        try {
            FileStamp stamp = root.stamp(ref.path());
            Verified before = verified.get(ref.path());
            if (new Verified(stamp, ref.checksum()).equals(before)) {
                var entry = cache.get(ref.checksum());
                if (entry.isPresent()) {
                    return CompletableFuture.completedFuture(entry.get());
                }
            }
            byte[] bytes = read(ref, stamp);
            if (!Sha256.hex(bytes).equals(ref.checksum())) {
                verified.remove(ref.path());
                throw mismatch(ref);
            }
            if (stamp.isSettled(clock.instant())) {
                remember(ref.path(), new Verified(stamp, ref.checksum()));
            }
            return cache.get(ref.checksum())
                    .map(CompletableFuture::completedFuture)
                    .orElseGet(
                            () -> SingleFlight.once(compiling, ref.checksum(), () -> compile(ref.checksum(), bytes)));
        } catch (IOException e) {
            throw new TaskRefusedException(TaskErrorCode.HOST_ERROR, ref.relativePath() + " cannot be read");
        }
    }

    private CompletableFuture<CodeCache.Entry> compile(String checksum, byte[] bytes) {
        return engine.compile(bytes, checksum).thenApply(entry -> {
            cache.put(checksum, entry).forEach(engine::release);
            return entry;
        });
    }

    private byte[] read(ModuleRef ref, FileStamp stamp) throws IOException {
        if (stamp.size() != ref.sizeBytes()) {
            throw mismatch(ref);
        }
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(stamp.size()));
        try (SeekableByteChannel channel = root.open(ref.path())) {
            while (bytes.hasRemaining()) {
                if (channel.read(bytes) < 0) {
                    throw mismatch(ref);
                }
            }
        } catch (EOFException e) {
            throw mismatch(ref);
        }
        return bytes.array();
    }

    private void remember(Path path, Verified file) {
        if (verified.size() >= MAX_VERIFIED) {
            verified.clear();
        }
        verified.put(path, file);
    }

    private static TaskRefusedException mismatch(ModuleRef ref) {
        return new TaskRefusedException(
                TaskErrorCode.CHECKSUM_MISMATCH, ref.relativePath() + " is not the file that was published");
    }
}
