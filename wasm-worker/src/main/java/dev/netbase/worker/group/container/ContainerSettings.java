package dev.netbase.worker.group.container;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says to a container.
 *
 * @param image an image's name: {@code image}; without it the agent's Dockerfile is built
 * @param args what follows the image's entry point
 * @param env the whole environment
 * @param network whether it asks for a network
 */
record ContainerSettings(Optional<String> image, List<String> args, Map<String, String> env, boolean network) {
    /** A configuration that no container can run with. Its message names the key. */
    static final class InvalidException extends Exception {
        InvalidException(String message) {
            super(message);
        }
    }

    /** The settings of a merged configuration. */
    static ContainerSettings of(Map<String, ? extends @Nullable Object> config) throws InvalidException {
        Object network = config.get("network");
        if (network != null && !(network instanceof Boolean)) {
            throw new InvalidException("config.network must be true or false");
        }
        return new ContainerSettings(
                image(config.get("image")),
                args(config.get("args")),
                env(config.get("env")),
                Boolean.TRUE.equals(network));
    }

    private static Optional<String> image(@Nullable Object configured) throws InvalidException {
        if (configured == null) {
            return Optional.empty();
        }
        String image = text(configured, "config.image");
        if (image.isBlank()) {
            throw new InvalidException("config.image must be an image's name, such as registry.example/tool:1.0");
        }
        return Optional.of(image);
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

    private static String text(@Nullable Object value, String key) throws InvalidException {
        if (value instanceof String text && text.indexOf('\0') < 0) {
            return text;
        }
        throw new InvalidException(key + " must be a string without NUL");
    }
}
