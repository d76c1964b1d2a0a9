package dev.netbase.worker.container;

import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.task.TaskErrorCode;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * One Job: made, watched, read, and always deleted. A pod has no stdin that could be given to it safely, and its log mixes
 * both streams, so input and output are files of the workspace; without an output file the log is the output.
 */
final class KubernetesRun implements ContainerRun {
    private static final Logger LOG = Logger.getLogger(KubernetesRun.class);
    private static final Duration GONE_WITHIN = Duration.ofMinutes(1);
    private static final List<String> HOPELESS =
            List.of("InvalidImageName", "CreateContainerConfigError", "CreateContainerError", "ErrImageNeverPull");

    private final KubernetesClient client;
    private final ContainerConfig config;
    private final JobSpecification specification;
    private final String namespace;
    private final Duration lookEvery;
    private final ContainerTask task;
    private final CountDownLatch cancelled = new CountDownLatch(1);
    private final RunClock clock = new RunClock();
    private final StderrTail stderr;

    KubernetesRun(
            KubernetesClient client,
            ContainerConfig config,
            JobSpecification specification,
            String namespace,
            Duration lookEvery,
            ContainerTask task) {
        this.client = client;
        this.config = config;
        this.specification = specification;
        this.namespace = namespace;
        this.lookEvery = lookEvery;
        this.task = task;
        this.stderr = new StderrTail(Math.toIntExact(task.limits().get(TaskLimit.STDERR_BYTES)));
    }

    @Override
    public byte[] run() throws ContainerFailedException {
        String image = image();
        // The client finds its own classes by the thread's loader, and pool threads may have any.
        Thread.currentThread().setContextClassLoader(KubernetesClient.class.getClassLoader());
        try {
            Path input = task.workspace().resolve(JobSpecification.INPUT);
            Files.write(input, task.input());
            Job made = client.batch()
                    .v1()
                    .jobs()
                    .inNamespace(namespace)
                    .resource(specification.of(task, image))
                    .create();
            String job = made.getMetadata().getName();
            clock.next();
            try {
                return await(job);
            } finally {
                clock.stop();
                delete(job);
            }
        } catch (KubernetesClientException e) {
            throw KubernetesEngine.unreachable(e);
        } catch (IOException e) {
            LOG.errorf(e, "a workspace cannot be used");
            throw new ContainerFailedException(TaskErrorCode.HOST_ERROR, "the workspace cannot be used");
        }
    }

    @Override
    public void cancel() {
        cancelled.countDown();
    }

    @Override
    public byte[] stderr() {
        return stderr.bytes();
    }

    @Override
    public ContainerTimes times() {
        return clock.times();
    }

    private String image() throws ContainerFailedException {
        String name = switch (task.image()) {
            case ContainerTask.Image.Named named -> named.name();
            case ContainerTask.Image.Built built ->
                throw new ContainerFailedException(
                        TaskErrorCode.INVALID_MODULE,
                        "a cluster builds no Dockerfile: push " + built.dockerfile()
                                + "'s image to a registry and name it in config.image");
        };
        List<String> allowed = config.allowedImages().orElse(List.of());
        if (!allowed.isEmpty() && allowed.stream().noneMatch(name::startsWith)) {
            throw new ContainerFailedException(
                    TaskErrorCode.INVALID_MODULE,
                    "the operator allows no image " + name + " (netbase.container.allowed-images)");
        }
        if (task.network() && config.network().isEmpty()) {
            throw new ContainerFailedException(
                    TaskErrorCode.INVALID_MODULE,
                    "config.network is true, but the operator gives containers no network (netbase.container.network)");
        }
        return name;
    }

    /** Looks again and again: at the Job for its end, and at the pod for its container's start. */
    private byte[] await(String job) throws ContainerFailedException, IOException {
        long imageDeadline = System.nanoTime() + config.imageTimeout().toNanos();
        long deadline = 0;
        while (true) {
            Optional<Pod> pod = pod(job);
            Optional<ContainerState> state = pod.flatMap(KubernetesRun::state);
            @Nullable
            Job found = client.batch()
                    .v1()
                    .jobs()
                    .inNamespace(namespace)
                    .withName(job)
                    .get();
            if (found == null) {
                throw new ContainerFailedException(TaskErrorCode.HOST_ERROR, "the Job was deleted by somebody else");
            }
            WorkspaceQuota.check(task);
            if (has(found, "Complete")) {
                return output(pod);
            }
            if (has(found, "Failed")) {
                throw failure(found, pod, state);
            }
            long now = System.nanoTime();
            if (deadline == 0 && state.map(ContainerState::getRunning).isPresent()) {
                clock.next();
                deadline = now + TimeUnit.MILLISECONDS.toNanos(task.limits().get(TaskLimit.TIMEOUT_MS));
            }
            if (deadline != 0 && now > deadline) {
                throw timeout();
            }
            if (deadline == 0) {
                checkStart(state, now > imageDeadline);
            }
            pauseUnlessCancelled();
        }
    }

    private void checkStart(Optional<ContainerState> state, boolean late) throws ContainerFailedException {
        String reason = state.map(ContainerState::getWaiting)
                .map(waiting -> String.valueOf(waiting.getReason()))
                .orElse("no container yet");
        if (late || HOPELESS.contains(reason)) {
            throw new ContainerFailedException(TaskErrorCode.INVALID_MODULE, "the container does not start: " + reason);
        }
    }

    private byte[] output(Optional<Pod> pod) throws IOException, ContainerFailedException {
        long most = task.limits().get(TaskLimit.OUTPUT_BYTES);
        Path file = task.workspace().resolve(JobSpecification.OUTPUT);
        byte[] log = pod.map(this::log).orElse(new byte[0]);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return within(log, most);
        }
        stderr.write(log, 0, log.length);
        if (Files.size(file) > most) {
            throw tooLarge(most);
        }
        return within(Files.readAllBytes(file), most);
    }

    private static byte[] within(byte[] output, long most) throws ContainerFailedException {
        if (output.length > most) {
            throw tooLarge(most);
        }
        return output;
    }

    private static ContainerFailedException tooLarge(long most) {
        return new ContainerFailedException(TaskErrorCode.OUTPUT_TOO_LARGE, "the output is over " + most + " bytes");
    }

    private ContainerFailedException failure(Job job, Optional<Pod> pod, Optional<ContainerState> state) {
        pod.map(this::log).ifPresent(log -> stderr.write(log, 0, log.length));
        var ended = state.map(ContainerState::getTerminated);
        if (ended.isEmpty()) {
            boolean late = job.getStatus().getConditions().stream()
                    .anyMatch(condition -> "DeadlineExceeded".equals(condition.getReason()));
            return late ? timeout() : new ContainerFailedException(TaskErrorCode.HOST_ERROR, "the Job's pod was lost");
        }
        int exitCode = ended.get().getExitCode() == null ? -1 : ended.get().getExitCode();
        if ("OOMKilled".equals(ended.get().getReason())) {
            return new ContainerFailedException(
                    TaskErrorCode.OUT_OF_MEMORY,
                    "the container used more than limits.memory_bytes ("
                            + task.limits().get(TaskLimit.MEMORY_BYTES) + ")");
        }
        String words = new String(stderr.bytes(), StandardCharsets.UTF_8).strip();
        return new ContainerFailedException(
                TaskErrorCode.EXIT_CODE, "exit code " + exitCode + (words.isEmpty() ? "" : ": " + words));
    }

    private ContainerFailedException timeout() {
        return new ContainerFailedException(
                TaskErrorCode.TIMEOUT,
                "the container ran longer than " + task.limits().get(TaskLimit.TIMEOUT_MS) + " ms");
    }

    private Optional<Pod> pod(String job) {
        return client.pods().inNamespace(namespace).withLabel("job-name", job).list().getItems().stream()
                .findFirst();
    }

    private static Optional<ContainerState> state(Pod pod) {
        if (pod.getStatus() == null || pod.getStatus().getContainerStatuses() == null) {
            return Optional.empty();
        }
        return pod.getStatus().getContainerStatuses().stream().findFirst().map(ContainerStatus::getState);
    }

    private static boolean has(Job job, String type) {
        return job.getStatus() != null
                && job.getStatus().getConditions() != null
                && job.getStatus().getConditions().stream()
                        .anyMatch(one -> type.equals(one.getType()) && "True".equals(one.getStatus()));
    }

    /** The pod's log, a little more than an output may be. */
    private byte[] log(Pod pod) {
        int most = Math.toIntExact(Math.min(task.limits().get(TaskLimit.OUTPUT_BYTES) + 1, Integer.MAX_VALUE));
        String log = client.pods()
                .inNamespace(namespace)
                .withName(pod.getMetadata().getName())
                .limitBytes(most)
                .getLog();
        return log == null ? new byte[0] : log.getBytes(StandardCharsets.UTF_8);
    }

    private void pauseUnlessCancelled() throws ContainerFailedException {
        try {
            if (cancelled.await(lookEvery.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new ContainerFailedException(TaskErrorCode.CANCELLED, "the task was cancelled");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ContainerFailedException(TaskErrorCode.HOST_ERROR, "the worker stops");
        }
    }

    /** Deletes the Job and waits for its pod to go, which may still write to the workspace. */
    private void delete(String job) {
        try {
            KubernetesEngine.delete(client, namespace, job);
        } catch (KubernetesClientException e) {
            LOG.warnf("deleting the Job %s was answered with an error: %s", job, e.getMessage());
        }
        try {
            long deadline = System.nanoTime() + GONE_WITHIN.toNanos();
            while (pod(job).isPresent() && System.nanoTime() < deadline) {
                Thread.sleep(lookEvery);
            }
        } catch (KubernetesClientException e) {
            LOG.errorf("whether the pod of the Job %s is gone cannot be seen: %s", job, e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
