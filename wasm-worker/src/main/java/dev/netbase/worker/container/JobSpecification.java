package dev.netbase.worker.container;

import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.task.TaskErrorCode;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** The Job of a task: one pod, once, with nothing that it does not need. */
final class JobSpecification {
    static final String INPUT = ".netbase-input.json";
    static final String OUTPUT = ".netbase-output";
    private static final String WORKSPACE = "/workspace/";
    private static final int LABEL_CHARS = 63;
    private final ContainerConfig config;
    private final String claim;
    private final Path sharedRoot;

    JobSpecification(ContainerConfig config, String claim, Path sharedRoot) {
        this.config = config;
        this.claim = claim;
        this.sharedRoot = sharedRoot;
    }

    /**
     * The Job.
     *
     * @throws ContainerFailedException INVALID_MODULE for a Dockerfile, which a cluster does not build, HOST_ERROR for
     *     folders outside of the shared volume
     */
    Job of(ContainerTask task, String image) throws IOException, ContainerFailedException {
        Map<String, String> labels = labels(task);
        long user = owner(task.workspace(), "uid", 0);
        long group = owner(task.workspace(), "gid", 1);
        return new JobBuilder()
                .withNewMetadata()
                .withName("netbase-" + UUID.randomUUID())
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withBackoffLimit(0)
                .withParallelism(1)
                .withCompletions(1)
                // In case that the worker dies: the task's own time counts from the container's start.
                .withActiveDeadlineSeconds(config.imageTimeout().toSeconds()
                        + Math.ceilDiv(task.limits().get(TaskLimit.TIMEOUT_MS), 1_000))
                .withTtlSecondsAfterFinished(
                        Math.toIntExact(config.kubernetes().keptFor().toSeconds()))
                .withNewTemplate()
                .withNewMetadata()
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withTerminationGracePeriodSeconds(0L)
                .withSecurityContext(new PodSecurityContextBuilder()
                        .withRunAsUser(user)
                        .withRunAsGroup(group)
                        .withRunAsNonRoot(user != 0)
                        .withNewSeccompProfile()
                        .withType("RuntimeDefault")
                        .endSeccompProfile()
                        .build())
                .withContainers(container(task, image))
                .addNewVolume()
                .withName("shared")
                .withNewPersistentVolumeClaim()
                .withClaimName(claim)
                .endPersistentVolumeClaim()
                .endVolume()
                .addNewVolume()
                .withName("tmp")
                .withNewEmptyDir()
                .withMedium("Memory")
                .withSizeLimit(new Quantity(Long.toString(config.tmpSize().asLongValue())))
                .endEmptyDir()
                .endVolume()
                .endSpec()
                .endTemplate()
                .endSpec()
                .build();
    }

    private Container container(ContainerTask task, String image) throws ContainerFailedException {
        Map<String, Quantity> resources = Map.of(
                "memory", new Quantity(Long.toString(task.limits().get(TaskLimit.MEMORY_BYTES))),
                "cpu", new Quantity(task.limits().get(TaskLimit.CPU_MILLIS) + "m"),
                // For volumes of the image's own, which are writable.
                "ephemeral-storage", new Quantity(Long.toString(config.tmpSize().asLongValue())));
        return new ContainerBuilder()
                .withName("task")
                .withImage(image)
                .withImagePullPolicy(
                        switch (config.pull()) {
                            case NEVER -> "Never";
                            case MISSING -> "IfNotPresent";
                            case ALWAYS -> "Always";
                        })
                .withArgs(task.args())
                .withEnv(env(task))
                .withNewSecurityContext()
                .withReadOnlyRootFilesystem(true)
                .withAllowPrivilegeEscalation(false)
                .withPrivileged(false)
                .withNewCapabilities()
                .withDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .withNewResources()
                .withLimits(resources)
                .withRequests(resources)
                .endResources()
                .addNewVolumeMount()
                .withName("shared")
                .withMountPath("/workspace")
                .withSubPath(shared(task.workspace()))
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("shared")
                .withMountPath("/asset")
                .withSubPath(shared(task.assets()))
                .withReadOnly(true)
                .endVolumeMount()
                .addNewVolumeMount()
                .withName("tmp")
                .withMountPath("/tmp")
                .endVolumeMount()
                .build();
    }

    private static List<EnvVar> env(ContainerTask task) {
        List<EnvVar> variables = new ArrayList<>();
        task.env().forEach((name, value) -> variables.add(new EnvVar(name, value, null)));
        variables.add(new EnvVar("NETBASE_INPUT", WORKSPACE + INPUT, null));
        variables.add(new EnvVar("NETBASE_OUTPUT", WORKSPACE + OUTPUT, null));
        return variables;
    }

    private String shared(Path folder) throws ContainerFailedException {
        Path absolute = folder.toAbsolutePath().normalize();
        if (!absolute.startsWith(sharedRoot)) {
            throw new ContainerFailedException(
                    TaskErrorCode.HOST_ERROR,
                    "netbase.workspaces.root and netbase.cache.root must be beneath"
                            + " netbase.container.kubernetes.shared-root");
        }
        return sharedRoot.relativize(absolute).toString();
    }

    private long owner(Path workspace, String attribute, int index) throws IOException {
        if (config.user().isPresent()) {
            String[] user = config.user().get().split(":", -1);
            return Long.parseLong(user[Math.min(index, user.length - 1)]);
        }
        return ((Number) Files.getAttribute(workspace, "unix:" + attribute)).longValue();
    }

    /** What is no label's value, such as a path or an id that begins with a dash, is left to the owner's hash. */
    private static Map<String, String> labels(ContainerTask task) {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("app.kubernetes.io/managed-by", "netbase");
        labels.put("netbase.dev/network", task.network() ? "allowed" : "none");
        task.labels().forEach((key, value) -> {
            if (key.equals(ContainerEngine.OWNER_LABEL)) {
                labels.put(KubernetesEngine.OWNER, KubernetesEngine.ownerLabel(value));
            } else if (value.length() <= LABEL_CHARS && value.matches("[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?")) {
                labels.put(key.replaceFirst("^netbase\\.", "netbase.dev/"), value);
            }
        });
        return labels;
    }
}
