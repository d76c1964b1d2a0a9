package dev.netbase.worker.group.wasm;

import dev.netbase.worker.group.application.InvalidConfigException;
import dev.netbase.worker.group.application.ProgramConfig;
import dev.netbase.worker.wasm.Determinism;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says to a WASM module: {@code args}, {@code env}, {@code workspace_mount} and
 * {@code deterministic}.
 *
 * @param args what follows {@code argv[0]}
 * @param env the whole environment
 * @param workspaceMount what the guest calls its workspace, absolute
 * @param determinism null for real time and real randomness
 */
public record WasmSettings(
        List<String> args,
        Map<String, String> env,
        String workspaceMount,
        @Nullable Determinism determinism) {
    private static final String DEFAULT_MOUNT = "/workspace";

    /** The settings of a merged configuration. */
    public static WasmSettings of(Map<String, ? extends @Nullable Object> config) throws InvalidConfigException {
        return new WasmSettings(
                ProgramConfig.args(config.get("args")),
                ProgramConfig.env(config.get("env")),
                workspaceMount(config.get("workspace_mount")),
                determinism(config.get("deterministic")));
    }

    private static @Nullable Determinism determinism(@Nullable Object configured) throws InvalidConfigException {
        return switch (configured) {
            case null -> null;
            case Boolean on -> on ? new Determinism(Determinism.DEFAULT_CLOCK, 0) : null;
            case Map<?, ?> settings -> determinism(settings);
            default -> throw new InvalidConfigException("config.deterministic must be true, false or an object");
        };
    }

    private static Determinism determinism(Map<?, ?> settings) throws InvalidConfigException {
        Object clock = settings.get("clock");
        Object seed = settings.get("seed");
        if (settings.size() != (clock == null ? 0 : 1) + (seed == null ? 0 : 1)) {
            throw new InvalidConfigException("config.deterministic may have only clock and seed");
        }
        if (seed != null && !(seed instanceof Integer || seed instanceof Long)) {
            throw new InvalidConfigException("config.deterministic.seed must be a whole number of up to 64 bits");
        }
        try {
            return new Determinism(
                    clock == null
                            ? Determinism.DEFAULT_CLOCK
                            : OffsetDateTime.parse(ProgramConfig.text(clock, "config.deterministic.clock"))
                                    .toInstant(),
                    seed == null ? 0 : ((Number) seed).longValue());
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new InvalidConfigException(
                    "config.deterministic.clock must be an RFC 3339 timestamp between 1970 and 2261, such as 2026-01-31T12:00:00Z");
        }
    }

    private static String workspaceMount(@Nullable Object configured) throws InvalidConfigException {
        if (configured == null) {
            return DEFAULT_MOUNT;
        }
        String mount = ProgramConfig.text(configured, "config.workspace_mount");
        if (!mount.startsWith("/")) {
            throw new InvalidConfigException("config.workspace_mount must be an absolute path");
        }
        return mount;
    }
}
