package dev.netbase.worker.wasm;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The native library's methods, as they are. Handles are numbers that the library looks up; a closed sandbox or a
 * released module is an {@link IllegalStateException}. Nothing here blocks: results come to the listeners, on threads
 * of the library's own that must not be held up.
 */
final class NativeSandbox {
    private static final byte[] NOTHING = {};
    private static final AtomicLong CALLS = new AtomicLong();
    private static final Map<Long, CompileListener> COMPILING = new ConcurrentHashMap<>();
    private static final Map<Long, EndListener> RUNNING = new ConcurrentHashMap<>();

    private NativeSandbox() {}

    /** Takes a compiled module, or why there is none: {@code code} is 0, or an outcome's number. */
    @FunctionalInterface
    interface CompileListener {
        void compiled(long module, long codeBytes, boolean seesFiles, int origin, int code, @Nullable String message);
    }

    /** Takes the end of a guest: {@code code} is 0 with an output, or an outcome's number with a message. */
    @FunctionalInterface
    interface EndListener {
        void ended(int code, byte[] output, byte[] stderr, @Nullable String message, Usage usage);
    }

    /**
     * Starts a compilation; the listener is called once, or never if the sandbox is closed meanwhile.
     *
     * @param checksum SHA-256 of the module, in lower-case hex; must be right
     */
    static void compile(long sandbox, byte[] module, String checksum, CompileListener listener) {
        long call = CALLS.incrementAndGet();
        COMPILING.put(call, listener);
        try {
            compile(sandbox, call, module, checksum);
        } catch (RuntimeException | Error e) {
            COMPILING.remove(call);
            throw e;
        }
    }

    /** Starts a guest; the listener is called once. Answers the number to cancel it by. */
    static long submit(long sandbox, long module, byte[] input, byte[] options, EndListener listener) {
        long call = CALLS.incrementAndGet();
        RUNNING.put(call, listener);
        try {
            submit(sandbox, module, call, input, options);
        } catch (RuntimeException | Error e) {
            RUNNING.remove(call);
            throw e;
        }
        return call;
    }

    // Called by the library.
    @SuppressWarnings("UnusedMethod")
    private static void compiled(
            long call, long module, long codeBytes, boolean seesFiles, int origin, int code, @Nullable String message) {
        CompileListener listener = COMPILING.remove(call);
        if (listener != null) {
            listener.compiled(module, codeBytes, seesFiles, origin, code, message);
        }
    }

    // Called by the library.
    @SuppressWarnings("UnusedMethod")
    private static void ended(
            long call,
            int code,
            byte @Nullable [] output,
            byte @Nullable [] stderr,
            @Nullable String message,
            long fuel,
            long peakMemoryBytes,
            long instantiatingMicros,
            long runningMicros) {
        EndListener listener = RUNNING.remove(call);
        if (listener != null) {
            listener.ended(
                    code,
                    output == null ? NOTHING : output,
                    stderr == null ? NOTHING : stderr,
                    message,
                    new Usage(fuel, peakMemoryBytes, instantiatingMicros, runningMicros));
        }
    }

    static native String[] outcomeNames();

    /** Opens the compiler's program, for every sandbox from now on; its file may be deleted then. */
    static native void useCompiler(String path);

    /** @param compile see {@link CompileOptions} */
    static native long create(
            int slots, int threads, int compilations, long maxMemoryBytes, long maxTableElements, byte[] compile);

    private static native void compile(long sandbox, long call, byte[] module, String checksum);

    /** See {@link CodeStats#of}. */
    static native long[] codeStats(long sandbox);

    /** Time that threads have spent in guests and in what guests called. */
    static native long guestNanos(long sandbox);

    private static native void submit(long sandbox, long module, long call, byte[] input, byte[] options);

    static native void cancel(long sandbox, long call);

    static native void release(long sandbox, long module);

    static native void close(long sandbox);

    /** Panics on the other side, so that tests can see what becomes of it: an {@link IllegalStateException}. */
    static native void panic();
}
