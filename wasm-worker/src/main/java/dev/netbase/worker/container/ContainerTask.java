package dev.netbase.worker.container;

import dev.netbase.model.limits.TaskLimits;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * One run of an image.
 *
 * @param image what runs
 * @param args what follows the image's entry point; empty leaves the image's own
 * @param env the whole environment but for what the image itself sets
 * @param network whether it asks for a network
 * @param input what it gets on stdin
 * @param limits already clamped to the operator's caps
 * @param workspace the task's own folder, {@code /workspace} to the container
 * @param assets the verified copy of the agent's package version, {@code /asset} to the container, read-only
 * @param labels what the container is found again by
 */
public record ContainerTask(
        Image image,
        List<String> args,
        Map<String, String> env,
        boolean network,
        byte[] input,
        TaskLimits limits,
        Path workspace,
        Path assets,
        Map<String, String> labels) {
    public ContainerTask {
        args = List.copyOf(args);
        env = Map.copyOf(env);
        labels = Map.copyOf(labels);
    }

    /** An image. */
    public sealed interface Image {
        /** One that has a name, as registries know it. */
        record Named(String name) implements Image {}

        /**
         * One that is built once.
         *
         * @param key tells builds apart: equal keys mean equal files
         * @param dockerfile the Dockerfile's path among the assets, which are the build's context
         */
        record Built(String key, String dockerfile) implements Image {}
    }
}
