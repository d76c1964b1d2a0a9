package dev.netbase.worker.container;

import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.task.TaskErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What the engine is asked to make: everything that a container does not need is taken from it. */
final class DockerSpecification {
    private static final long NANOS_PER_MILLICPU = 1_000_000;
    private static final long SHM_BYTES = 16L << 20;

    private DockerSpecification() {}

    static Map<String, Object> of(ContainerTask task, DockerImages.Image image, ContainerConfig config)
            throws IOException, ContainerFailedException {
        String network = network(task, config);
        Map<String, Object> specification = new LinkedHashMap<>();
        specification.put("Image", image.name());
        if (!task.args().isEmpty()) {
            specification.put("Cmd", task.args());
        }
        specification.put("Env", env(task.env()));
        specification.put("User", user(task.workspace(), config));
        specification.put("Labels", task.labels());
        specification.put("AttachStdin", true);
        specification.put("AttachStdout", true);
        specification.put("AttachStderr", true);
        specification.put("OpenStdin", true);
        specification.put("StdinOnce", true);
        specification.put("Tty", false);
        specification.put("NetworkDisabled", network.equals("none"));
        specification.put("HostConfig", host(task, image, config, network));
        return specification;
    }

    private static Map<String, Object> host(
            ContainerTask task, DockerImages.Image image, ContainerConfig config, String network) {
        Map<String, Object> host = new LinkedHashMap<>();
        host.put("NetworkMode", network);
        host.put("ReadonlyRootfs", true);
        host.put("CapDrop", List.of("ALL"));
        host.put("SecurityOpt", List.of("no-new-privileges"));
        host.put("Privileged", false);
        host.put("IpcMode", "private");
        host.put("ShmSize", SHM_BYTES);
        long memory = task.limits().get(TaskLimit.MEMORY_BYTES);
        host.put("Memory", memory);
        host.put("MemorySwap", memory);
        host.put("NanoCpus", task.limits().get(TaskLimit.CPU_MILLIS) * NANOS_PER_MILLICPU);
        host.put("PidsLimit", task.limits().get(TaskLimit.PIDS));
        host.put("LogConfig", Map.of("Type", "none"));
        host.put("RestartPolicy", Map.of("Name", "no"));
        host.put("Mounts", List.of(mount(task.workspace(), "/workspace", false), mount(task.assets(), "/asset", true)));
        host.put("Tmpfs", temporary(image, config));
        return host;
    }

    /** Volumes of the image's own would be writable and without a bound. */
    private static Map<String, String> temporary(DockerImages.Image image, ContainerConfig config) {
        String options = "rw,noexec,nosuid,nodev,size=" + config.tmpSize().asLongValue();
        Map<String, String> temporary = new LinkedHashMap<>();
        temporary.put("/tmp", options);
        for (String volume : image.volumes()) {
            if (!volume.equals("/workspace") && !volume.equals("/asset")) {
                temporary.put(volume, options);
            }
        }
        return temporary;
    }

    private static Map<String, Object> mount(Path source, String target, boolean readOnly) {
        return Map.of("Type", "bind", "Source", source.toString(), "Target", target, "ReadOnly", readOnly);
    }

    private static String network(ContainerTask task, ContainerConfig config) throws ContainerFailedException {
        if (!task.network()) {
            return "none";
        }
        return config.network()
                .orElseThrow(() -> new ContainerFailedException(
                        TaskErrorCode.INVALID_MODULE,
                        "config.network is true, but the operator gives containers no network"
                                + " (netbase.container.network)"));
    }

    private static String user(Path workspace, ContainerConfig config) throws IOException {
        if (config.user().isPresent()) {
            return config.user().get();
        }
        return Files.getAttribute(workspace, "unix:uid") + ":" + Files.getAttribute(workspace, "unix:gid");
    }

    private static List<String> env(Map<String, String> env) {
        List<String> variables = new ArrayList<>();
        env.forEach((name, value) -> variables.add(name + "=" + value));
        return variables;
    }
}
