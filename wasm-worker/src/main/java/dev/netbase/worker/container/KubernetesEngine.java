package dev.netbase.worker.container;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.task.TaskErrorCode;
import io.fabric8.kubernetes.api.model.DeletionPropagation;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A Kubernetes cluster: every container is a Job of one pod, which shares a volume with the worker. */
public final class KubernetesEngine implements ContainerEngine {
    static final String OWNER = "netbase.dev/owner";
    private static final int OWNER_CHARS = 40;
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    private final KubernetesClient client;
    private final ContainerConfig config;
    private final JobSpecification specification;
    private final Duration lookEvery;

    /**
     * The cluster of a client, which is closed with this.
     *
     * @throws IllegalArgumentException if the shared volume is not configured
     */
    public KubernetesEngine(KubernetesClient client, ContainerConfig config) {
        this(client, config, LOOK_EVERY);
    }

    /** One that looks after its Jobs more or less often. */
    KubernetesEngine(KubernetesClient client, ContainerConfig config, Duration lookEvery) {
        this.client = client;
        this.lookEvery = lookEvery;
        this.config = config;
        String claim = required(config.kubernetes().claim(), "claim");
        Path sharedRoot = required(config.kubernetes().sharedRoot(), "shared-root");
        this.specification =
                new JobSpecification(config, claim, sharedRoot.toAbsolutePath().normalize());
    }

    static KubernetesEngine of(ContainerConfig config) {
        required(config.kubernetes().claim(), "claim");
        required(config.kubernetes().sharedRoot(), "shared-root");
        return new KubernetesEngine(new KubernetesClientBuilder().build(), config);
    }

    private static <T> T required(Optional<T> value, String key) {
        return value.orElseThrow(() -> new IllegalArgumentException("netbase.container.kubernetes." + key
                + " is needed with netbase.container.engine=kubernetes: the volume that worker and Jobs share"));
    }

    @Override
    public ContainerRun prepare(ContainerTask task) {
        return new KubernetesRun(client, config, specification, namespace(), lookEvery, task);
    }

    @Override
    public int sweep(String owner) throws ContainerFailedException {
        try {
            List<Job> left = client.batch()
                    .v1()
                    .jobs()
                    .inNamespace(namespace())
                    .withLabel(OWNER, ownerLabel(owner))
                    .list()
                    .getItems();
            left.forEach(job -> delete(client, namespace(), job.getMetadata().getName()));
            return left.size();
        } catch (KubernetesClientException e) {
            throw unreachable(e);
        }
    }

    private String namespace() {
        return config.kubernetes()
                .namespace()
                .orElseGet(() -> client.getNamespace() == null ? "default" : client.getNamespace());
    }

    /** Labels hold no paths. */
    static String ownerLabel(String owner) {
        return Sha256.hex(owner.getBytes(StandardCharsets.UTF_8)).substring(0, OWNER_CHARS);
    }

    /** Deletes a Job with its pod, which is killed at once. */
    static void delete(KubernetesClient client, String namespace, String job) {
        var unused = client.batch()
                .v1()
                .jobs()
                .inNamespace(namespace)
                .withName(job)
                .withPropagationPolicy(DeletionPropagation.BACKGROUND)
                .withGracePeriod(0)
                .delete();
    }

    static ContainerFailedException unreachable(KubernetesClientException e) {
        return new ContainerFailedException(
                TaskErrorCode.HOST_ERROR, "the Kubernetes API answers with an error: " + e.getMessage());
    }

    @Override
    public void close() {
        client.close();
    }
}
