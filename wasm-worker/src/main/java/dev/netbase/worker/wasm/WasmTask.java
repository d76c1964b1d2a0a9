package dev.netbase.worker.wasm;

import dev.netbase.model.limits.TaskLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One execution of a module.
 *
 * @param module what runs
 * @param input JSON in UTF-8, delivered into memory or on stdin
 * @param limits already clamped to the operator's caps
 * @param workspace the task's own folder on the host, writable by the guest; null gives it none
 * @param guestWorkspacePath what the guest knows that folder as, {@code /workspace} unless configured
 * @param assetDirectory the verified copy of the module's package version, {@code /asset} to the guest, read-only;
 *     null gives it none
 * @param args what follows {@code argv[0]}, which is the module's relative path
 * @param env the whole environment
 * @param determinism a clock and a seed instead of real time and real randomness; null for these
 */
public record WasmTask(
        CompiledModule module,
        byte[] input,
        TaskLimits limits,
        @Nullable Path workspace,
        String guestWorkspacePath,
        @Nullable Path assetDirectory,
        List<String> args,
        Map<String, String> env,
        @Nullable Determinism determinism) {
    public WasmTask {
        args = List.copyOf(args);
        env = Map.copyOf(env);
    }

    /** A task in real time. */
    public WasmTask(
            CompiledModule module,
            byte[] input,
            TaskLimits limits,
            @Nullable Path workspace,
            String guestWorkspacePath,
            @Nullable Path assetDirectory,
            List<String> args,
            Map<String, String> env) {
        this(module, input, limits, workspace, guestWorkspacePath, assetDirectory, args, env, null);
    }

    /** What the package version is called inside a guest. */
    public static final String GUEST_ASSET_PATH = "/asset";
}
