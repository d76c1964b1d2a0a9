package dev.netbase.worker.group.wasm;

import dev.netbase.worker.wasm.Determinism;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
record WasmSettings(
        List<String> args,
        Map<String, String> env,
        String workspaceMount,
        @Nullable Determinism determinism) {
    private static final String DEFAULT_MOUNT = "/workspace";

    /** A configuration that no module can run with. Its message names the key. */
    static final class InvalidException extends Exception {
        InvalidException(String message) {
            super(message);
        }
    }

    /** The settings of a merged configuration. */
    static WasmSettings of(Map<String, ? extends @Nullable Object> config) throws InvalidException {
        return new WasmSettings(
                args(config.get("args")),
                env(config.get("env")),
                workspaceMount(config.get("workspace_mount")),
                determinism(config.get("deterministic")));
    }

    private static @Nullable Determinism determinism(@Nullable Object configured) throws InvalidException {
        return switch (configured) {
            case null -> null;
            case Boolean on -> on ? new Determinism(Determinism.DEFAULT_CLOCK, 0) : null;
            case Map<?, ?> settings -> determinism(settings);
            default -> throw new InvalidException("config.deterministic must be true, false or an object");
        };
    }

    private static Determinism determinism(Map<?, ?> settings) throws InvalidException {
        Object clock = settings.get("clock");
        Object seed = settings.get("seed");
        if (settings.size() != (clock == null ? 0 : 1) + (seed == null ? 0 : 1)) {
            throw new InvalidException("config.deterministic may have only clock and seed");
        }
        if (seed != null && !(seed instanceof Integer || seed instanceof Long)) {
            throw new InvalidException("config.deterministic.seed must be a whole number of up to 64 bits");
        }
        try {
            return new Determinism(
                    clock == null
                            ? Determinism.DEFAULT_CLOCK
                            : OffsetDateTime.parse(text(clock, "config.deterministic.clock"))
                                    .toInstant(),
                    seed == null ? 0 : ((Number) seed).longValue());
        } catch (DateTimeException | IllegalArgumentException e) {
            throw new InvalidException(
                    "config.deterministic.clock must be an RFC 3339 timestamp between 1970 and 2261, such as 2026-01-31T12:00:00Z");
        }
    }

    private static List<String> args(@Nullable Object configured) throws InvalidException {
        if (configured == null) {
            return List.of();
        }
        if (!(configured instanceof List<?> list)) {
            throw new InvalidException("config.args must be a list of strings");
        }
        List<String> args = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            args.add(text(list.get(i), "config.args[" + i + "]"));
        }
        return args;
    }

    private static Map<String, String> env(@Nullable Object configured) throws InvalidException {
        if (configured == null) {
            return Map.of();
        }
        if (!(configured instanceof Map<?, ?> map)) {
            throw new InvalidException("config.env must be an object of strings");
        }
        Map<String, String> env = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = String.valueOf(entry.getKey());
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                throw new InvalidException("config.env has a name that no variable can have: \"" + name + "\"");
            }
            env.put(name, text(entry.getValue(), "config.env." + name));
        }
        return env;
    }

    private static String workspaceMount(@Nullable Object configured) throws InvalidException {
        if (configured == null) {
            return DEFAULT_MOUNT;
        }
        String mount = text(configured, "config.workspace_mount");
        if (!mount.startsWith("/")) {
            throw new InvalidException("config.workspace_mount must be an absolute path");
        }
        return mount;
    }

    private static String text(@Nullable Object value, String key) throws InvalidException {
        if (value instanceof String text && text.indexOf('\0') < 0) {
            return text;
        }
        throw new InvalidException(key + " must be a string without NUL");
    }
}
