package dev.netbase.worker.group.application;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What configurations say to any program that is started: its arguments and its environment. */
public final class ProgramConfig {
    private ProgramConfig() {}

    /** {@code config.args}: strings without NUL; none if there is no such key. */
    public static List<String> args(@Nullable Object configured) throws InvalidConfigException {
        if (configured == null) {
            return List.of();
        }
        if (!(configured instanceof List<?> list)) {
            throw new InvalidConfigException("config.args must be a list of strings");
        }
        List<String> args = new ArrayList<>(list.size());
        for (int i = 0; i < list.size(); i++) {
            args.add(text(list.get(i), "config.args[" + i + "]"));
        }
        return args;
    }

    /** {@code config.env}: the whole environment, names to strings without NUL; empty if there is no such key. */
    public static Map<String, String> env(@Nullable Object configured) throws InvalidConfigException {
        if (configured == null) {
            return Map.of();
        }
        if (!(configured instanceof Map<?, ?> map)) {
            throw new InvalidConfigException("config.env must be an object of strings");
        }
        Map<String, String> env = new LinkedHashMap<>();
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = String.valueOf(entry.getKey());
            if (name.isEmpty() || name.indexOf('=') >= 0 || name.indexOf('\0') >= 0) {
                throw new InvalidConfigException("config.env has a name that no variable can have: \"" + name + "\"");
            }
            env.put(name, text(entry.getValue(), "config.env." + name));
        }
        return env;
    }

    /** A value that must be a string without NUL. */
    public static String text(@Nullable Object value, String key) throws InvalidConfigException {
        if (value instanceof String text && text.indexOf('\0') < 0) {
            return text;
        }
        throw new InvalidConfigException(key + " must be a string without NUL");
    }
}
