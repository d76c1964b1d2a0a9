package dev.netbase.worker.wasm;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.netbase.model.limits.TaskLimit;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The record of options that goes with a task into the native library; {@code src/jni/options.rs} reads it. */
final class TaskOptions {
    /** The limits in the library's order. */
    static final List<TaskLimit> LIMITS = List.of(
            TaskLimit.FUEL,
            TaskLimit.MEMORY_BYTES,
            TaskLimit.TIMEOUT_MS,
            TaskLimit.OUTPUT_BYTES,
            TaskLimit.INPUT_BYTES,
            TaskLimit.WORKSPACE_BYTES,
            TaskLimit.WORKSPACE_FILES,
            TaskLimit.STDERR_BYTES,
            TaskLimit.TABLE_ELEMENTS);

    private TaskOptions() {}

    static byte[] encode(WasmTask task) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(160);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            for (TaskLimit limit : LIMITS) {
                out.writeLong(task.limits().get(limit));
            }
            List<String> args = new ArrayList<>(task.args());
            args.addFirst(task.module().ref().relativePath());
            write(out, args);
            List<String> env = new ArrayList<>();
            task.env().forEach((name, value) -> {
                env.add(name);
                env.add(value);
            });
            write(out, env);
            write(out, task.workspace(), task.guestWorkspacePath());
            write(out, task.assetDirectory(), WasmTask.GUEST_ASSET_PATH);
            write(out, task.determinism());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    private static void write(DataOutputStream out, List<String> strings) throws IOException {
        out.writeInt(strings.size());
        for (String string : strings) {
            write(out, string);
        }
    }

    private static void write(DataOutputStream out, @Nullable Path host, String guest) throws IOException {
        write(out, host == null ? "" : host.toAbsolutePath().toString());
        write(out, host == null ? "" : guest);
    }

    private static void write(DataOutputStream out, @Nullable Determinism determinism) throws IOException {
        out.writeInt(determinism == null ? 0 : 1);
        out.writeLong(determinism == null ? 0 : determinism.clockNanoseconds());
        out.writeLong(determinism == null ? 0 : determinism.seed());
    }

    private static void write(DataOutputStream out, String string) throws IOException {
        byte[] bytes = string.getBytes(UTF_8);
        out.writeInt(bytes.length);
        out.write(bytes);
    }
}
