package dev.netbase.worker.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.testing.TestContainerConfig;
import io.fabric8.kubernetes.api.model.ContainerState;
import io.fabric8.kubernetes.api.model.ContainerStateBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import io.fabric8.mockwebserver.http.MockResponse;
import io.fabric8.mockwebserver.http.RecordedRequest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs on a server that keeps what it is given; the test plays the part of the cluster. */
class KubernetesEngineTest {
    private static final String NAMESPACE = "netbase";
    private static final String LOG = "from the log";
    private static final Duration LOOK_EVERY = Duration.ofMillis(50);

    @TempDir
    Path shared;

    private KubernetesMockServer server;
    private KubernetesClient client;
    private KubernetesEngine engine;
    private Path workspace;

    /** A server that also has logs. */
    private static final class WithLogs extends KubernetesCrudDispatcher {
        @Override
        public MockResponse dispatch(RecordedRequest request) {
            return request.getPath().contains("/log?")
                    ? new MockResponse().setResponseCode(200).setBody(LOG)
                    : super.dispatch(request);
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = new KubernetesMockServer(new Context(), new MockWebServer(), new HashMap<>(), new WithLogs(), false);
        server.init();
        client = server.createClient();
        engine = new KubernetesEngine(
                client, TestContainerConfig.cluster(NAMESPACE, "netbase-shared", shared), LOOK_EVERY);
        workspace = Files.createDirectories(shared.resolve("workspaces/group/1"));
        Files.createDirectories(shared.resolve("cache/assets/abc"));
    }

    @AfterEach
    void stop() {
        engine.close();
        server.destroy();
    }

    @Test
    void shouldAskForAPodThatHasNothingItDoesNotNeed() throws Exception {
        CompletableFuture<byte[]> run = start(task("{\"limits\":{\"memory_bytes\":1000000,\"cpu_millis\":250}}"));
        Job job = job();
        PodSpec pod = job.getSpec().getTemplate().getSpec();
        var container = pod.getContainers().getFirst();

        assertThat(job.getSpec().getBackoffLimit()).isZero();
        assertThat(job.getSpec().getActiveDeadlineSeconds()).isEqualTo(60 + 30);
        assertThat(job.getSpec().getTtlSecondsAfterFinished()).isEqualTo(300);
        assertThat(job.getMetadata().getLabels())
                .containsEntry("app.kubernetes.io/managed-by", "netbase")
                .containsEntry("netbase.dev/worker", "w1")
                .containsEntry("netbase.dev/network", "none")
                .containsEntry("netbase.dev/owner", KubernetesEngine.ownerLabel("/work"));
        assertThat(job.getSpec().getTemplate().getMetadata().getLabels())
                .containsAllEntriesOf(job.getMetadata().getLabels());
        assertThat(pod.getRestartPolicy()).isEqualTo("Never");
        assertThat(pod.getAutomountServiceAccountToken()).isFalse();
        assertThat(pod.getEnableServiceLinks()).isFalse();
        assertThat(pod.getSecurityContext().getSeccompProfile().getType()).isEqualTo("RuntimeDefault");
        assertThat(pod.getSecurityContext().getRunAsUser())
                .isEqualTo(((Number) Files.getAttribute(workspace, "unix:uid")).longValue());
        assertThat(container.getSecurityContext().getReadOnlyRootFilesystem()).isTrue();
        assertThat(container.getSecurityContext().getAllowPrivilegeEscalation()).isFalse();
        assertThat(container.getSecurityContext().getCapabilities().getDrop()).containsExactly("ALL");
        assertThat(container.getResources().getLimits().get("memory").toString())
                .isEqualTo("1000000");
        assertThat(container.getResources().getLimits().get("cpu").toString()).isEqualTo("250m");
        assertThat(container.getResources().getRequests())
                .isEqualTo(container.getResources().getLimits());
        assertThat(container.getImage()).isEqualTo("example.test/tool:1");
        assertThat(container.getArgs()).containsExactly("-v");
        assertThat(container.getEnv())
                .containsExactlyInAnyOrder(
                        new EnvVar("A", "b", null),
                        new EnvVar("NETBASE_INPUT", "/workspace/.netbase-input.json", null),
                        new EnvVar("NETBASE_OUTPUT", "/workspace/.netbase-output", null));
        assertThat(container.getVolumeMounts())
                .extracting(mount -> mount.getMountPath() + " " + mount.getSubPath() + " " + mount.getReadOnly())
                .containsExactlyInAnyOrder(
                        "/workspace workspaces/group/1 null", "/asset cache/assets/abc true", "/tmp null null");
        assertThat(pod.getVolumes().getFirst().getPersistentVolumeClaim().getClaimName())
                .isEqualTo("netbase-shared");
        assertThat(workspace.resolve(".netbase-input.json")).hasContent("{\"in\":1}");

        end(job, "Complete", terminated(0, "Completed"));
        run.get();
    }

    @Test
    void shouldGiveTheOutputFileAndKeepTheLogAsStderr() throws Exception {
        ContainerRun prepared = engine.prepare(task("{}"));
        CompletableFuture<byte[]> run = start(prepared);
        Job job = job();
        Files.writeString(workspace.resolve(".netbase-output"), "{\"out\":2}");

        end(job, "Complete", terminated(0, "Completed"));

        assertThat(run.get()).asString(StandardCharsets.UTF_8).isEqualTo("{\"out\":2}");
        assertThat(prepared.stderr()).asString(StandardCharsets.UTF_8).isEqualTo(LOG);
        assertThat(jobs()).isEmpty();
    }

    @Test
    void shouldGiveTheLogWithoutAnOutputFile() throws Exception {
        CompletableFuture<byte[]> run = start(task("{}"));

        end(job(), "Complete", terminated(0, "Completed"));

        assertThat(run.get()).asString(StandardCharsets.UTF_8).isEqualTo(LOG);
    }

    @Test
    void shouldReadNoOutputThroughALink() throws Exception {
        CompletableFuture<byte[]> run = start(task("{}"));
        Job job = job();
        Files.createSymbolicLink(workspace.resolve(".netbase-output"), Path.of("/etc/passwd"));

        end(job, "Complete", terminated(0, "Completed"));

        assertThat(run.get()).asString(StandardCharsets.UTF_8).isEqualTo(LOG);
    }

    @Test
    void shouldSayHowItFailed() throws Exception {
        CompletableFuture<byte[]> exit = start(task("{}"));
        end(job(), "Failed", terminated(7, "Error"));
        assertFailed(exit, TaskErrorCode.EXIT_CODE, "exit code 7: " + LOG);

        CompletableFuture<byte[]> memory = start(task("{}"));
        end(job(), "Failed", terminated(137, "OOMKilled"));
        assertFailed(memory, TaskErrorCode.OUT_OF_MEMORY, "memory_bytes");

        CompletableFuture<byte[]> large = start(task("{\"limits\":{\"output_bytes\":3}}"));
        end(job(), "Complete", terminated(0, "Completed"));
        assertFailed(large, TaskErrorCode.OUTPUT_TOO_LARGE, "3 bytes");

        CompletableFuture<byte[]> image = start(task("{}"));
        pod(
                job(),
                new ContainerStateBuilder()
                        .withNewWaiting()
                        .withReason("InvalidImageName")
                        .endWaiting()
                        .build());
        assertFailed(image, TaskErrorCode.INVALID_MODULE, "InvalidImageName");
        assertThat(jobs()).isEmpty();
    }

    @Test
    void shouldEndAJobWhoseTimeIsUpOrThatIsCancelled() throws Exception {
        CompletableFuture<byte[]> late = start(task("{\"limits\":{\"timeout_ms\":1}}"));
        pod(job(), new ContainerStateBuilder().withNewRunning().endRunning().build());
        assertFailed(late, TaskErrorCode.TIMEOUT, "1 ms");

        ContainerRun prepared = engine.prepare(task("{}"));
        CompletableFuture<byte[]> run = start(prepared);
        job();
        prepared.cancel();
        assertFailed(run, TaskErrorCode.CANCELLED, "cancelled");
        assertThat(jobs()).isEmpty();
    }

    @Test
    void shouldRefuseWhatAClusterCannotRun() {
        ContainerTask built = task(new ContainerTask.Image.Built("key", "Dockerfile"), false, "{}", workspace);
        ContainerTask network = task(new ContainerTask.Image.Named("x"), true, "{}", workspace);
        ContainerTask elsewhere = task(new ContainerTask.Image.Named("x"), false, "{}", shared.resolveSibling("other"));

        assertThatThrownBy(() -> engine.prepare(built).run()).hasMessageContaining("config.image");
        assertThatThrownBy(() -> engine.prepare(network).run()).hasMessageContaining("netbase.container.network");
        assertThatThrownBy(() -> engine.prepare(elsewhere).run()).hasMessageContaining("workspace");
        assertThatThrownBy(() -> new ContainerEngines(new TestContainerConfig(
                        ContainerConfig.Engine.KUBERNETES,
                        TestContainerConfig.none().kubernetes(),
                        Optional.empty(),
                        1,
                        Optional.empty(),
                        ContainerConfig.Pull.NEVER,
                        Optional.empty(),
                        Optional.empty(),
                        "none",
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1),
                        TestContainerConfig.none().tmpSize())))
                .hasMessageContaining("netbase.container.kubernetes.claim");
    }

    @Test
    void shouldDeleteTheJobsOfAnEarlierProcess() throws Exception {
        CompletableFuture<byte[]> run = start(task("{}"));
        job();

        assertThat(engine.sweep("/elsewhere")).isZero();
        assertThat(engine.sweep("/work")).isEqualTo(1);

        assertFailed(run, TaskErrorCode.HOST_ERROR, "deleted");
    }

    private ContainerTask task(String config) {
        return task(new ContainerTask.Image.Named("example.test/tool:1"), false, config, workspace);
    }

    private ContainerTask task(ContainerTask.Image image, boolean network, String config, Path workspace) {
        return new ContainerTask(
                image,
                List.of("-v"),
                Map.of("A", "b"),
                network,
                "{\"in\":1}".getBytes(StandardCharsets.UTF_8),
                LimitCaps.defaults().resolve(Json.parseObject(config)),
                workspace,
                shared.resolve("cache/assets/abc"),
                Map.of(ContainerEngine.OWNER_LABEL, "/work", "netbase.worker", "w1", "netbase.run", "-no-label-"));
    }

    private CompletableFuture<byte[]> start(ContainerTask task) {
        return start(engine.prepare(task));
    }

    private static CompletableFuture<byte[]> start(ContainerRun run) {
        CompletableFuture<byte[]> result = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                result.complete(run.run());
            } catch (ContainerFailedException | RuntimeException e) {
                result.completeExceptionally(e);
            }
        });
        return result;
    }

    private List<Job> jobs() {
        return client.batch().v1().jobs().inNamespace(NAMESPACE).list().getItems();
    }

    private Job job() {
        return await().until(this::jobs, jobs -> jobs.size() == 1).getFirst();
    }

    /** What the cluster does: a pod for the Job, in this state. */
    private Pod pod(Job job, ContainerState state) {
        return client.pods()
                .inNamespace(NAMESPACE)
                .resource(new PodBuilder()
                        .withNewMetadata()
                        .withName(job.getMetadata().getName() + "-x")
                        .addToLabels("job-name", job.getMetadata().getName())
                        .addNewOwnerReference()
                        .withKind("Job")
                        .withName(job.getMetadata().getName())
                        .withUid(job.getMetadata().getUid())
                        .endOwnerReference()
                        .endMetadata()
                        .withNewStatus()
                        .addNewContainerStatus()
                        .withName("task")
                        .withState(state)
                        .endContainerStatus()
                        .endStatus()
                        .build())
                .create();
    }

    /** Ends the Job as the cluster does; its pod goes when the Job is deleted. */
    private void end(Job job, String condition, ContainerState state) {
        Pod pod = pod(job, state);
        client.batch()
                .v1()
                .jobs()
                .inNamespace(NAMESPACE)
                .resource(job)
                .editStatus(found -> found.toBuilder()
                        .withNewStatus()
                        .addNewCondition()
                        .withType(condition)
                        .withStatus("True")
                        .endCondition()
                        .endStatus()
                        .build());
        await().until(() -> jobs().isEmpty());
        client.pods().inNamespace(NAMESPACE).resource(pod).delete();
    }

    private static ContainerState terminated(int exitCode, String reason) {
        return new ContainerStateBuilder()
                .withNewTerminated()
                .withExitCode(exitCode)
                .withReason(reason)
                .endTerminated()
                .build();
    }

    private void assertFailed(CompletableFuture<byte[]> run, TaskErrorCode code, String part)
            throws InterruptedException {
        await().until(() -> jobs().isEmpty());
        client.pods().inNamespace(NAMESPACE).delete();
        try {
            throw new AssertionError("completed: " + new String(run.get(), StandardCharsets.UTF_8));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOfSatisfying(ContainerFailedException.class, failed -> {
                assertThat(failed.code()).isEqualTo(code);
                assertThat(failed.reason()).contains(part);
            });
        }
    }
}
