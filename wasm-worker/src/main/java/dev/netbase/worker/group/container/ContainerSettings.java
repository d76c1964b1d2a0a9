package dev.netbase.worker.group.container;

import dev.netbase.worker.group.application.InvalidConfigException;
import dev.netbase.worker.group.application.ProgramConfig;
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
    /** The settings of a merged configuration. */
    static ContainerSettings of(Map<String, ? extends @Nullable Object> config) throws InvalidConfigException {
        Object network = config.get("network");
        if (network != null && !(network instanceof Boolean)) {
            throw new InvalidConfigException("config.network must be true or false");
        }
        return new ContainerSettings(
                image(config.get("image")),
                ProgramConfig.args(config.get("args")),
                ProgramConfig.env(config.get("env")),
                Boolean.TRUE.equals(network));
    }

    private static Optional<String> image(@Nullable Object configured) throws InvalidConfigException {
        if (configured == null) {
            return Optional.empty();
        }
        String image = ProgramConfig.text(configured, "config.image");
        if (image.isBlank()) {
            throw new InvalidConfigException("config.image must be an image's name, such as registry.example/tool:1.0");
        }
        return Optional.of(image);
    }
}
