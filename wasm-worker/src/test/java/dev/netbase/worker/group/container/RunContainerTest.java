package dev.netbase.worker.group.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.artifact.ArtifactStore;
import dev.netbase.model.artifact.FileArtifactStore;
import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.file.TaskArtifact;
import dev.netbase.model.file.TaskFile;
import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.testing.TestPodman;
import dev.netbase.worker.container.ContainerConfig;
import dev.netbase.worker.container.ContainerEngine;
import dev.netbase.worker.container.ContainerEngines;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.group.application.LeaseKeeper;
import dev.netbase.worker.group.application.SpecCache;
import dev.netbase.worker.group.application.SpecStore;
import dev.netbase.worker.group.application.TasksInHand;
import dev.netbase.worker.group.application.WorkerMetrics;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskSpec;
import dev.netbase.worker.testing.TestCalls;
import dev.netbase.worker.testing.TestConfig;
import dev.netbase.worker.testing.TestContainerConfig;
import dev.netbase.worker.testing.TestInputs;
import dev.netbase.worker.wasm.AssetCache;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real containers of a real engine. */
class RunContainerTest {
    private static final String DOCKERFILE =
            "FROM scratch\nCOPY bin/probe /probe\nENV FROM_IMAGE=1\nVOLUME /volume\n" + "ENTRYPOINT [\"/probe\"]\n";
    private static final AtomicLong NEXT_TASK = new AtomicLong(1);

    @TempDir
    static Path folder;

    private static TestPodman podman;
    private static TestVersion version;
    private static RunContainer executor;

    /** A published version with a Dockerfile, the probe and a file of data. */
    private static final class TestVersion implements SpecStore {
        private final Map<String, byte[]> files;
        private final TaskSpec.AssetFile dockerfile;

        TestVersion(Path modules, Map<String, byte[]> files) throws IOException {
            this.files = files;
            byte[] content = files.get("Dockerfile");
            dockerfile = new TaskSpec.AssetFile(
                    "containers-1", "1.0.0", 1, "Dockerfile", Sha256.hex(content), content.length);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                Path path = dockerfile.versionDirectory(modules).resolve(file.getKey());
                Files.createDirectories(path.getParent());
                Files.write(path, file.getValue());
            }
        }

        @Override
        public Uni<Optional<TaskSpec.VersionFile>> publishedFile(String nanoid, String number, String path) {
            return Uni.createFrom().item(Optional.empty());
        }

        @Override
        public Uni<Map<Long, TaskSpec>> specs(Collection<Long> ids) {
            return Uni.createFrom().item(Map.of());
        }

        @Override
        public Uni<List<TaskSpec.VersionFile>> files(long versionId) {
            return Uni.createFrom()
                    .item(files.entrySet().stream()
                            .sorted(Map.Entry.comparingByKey())
                            .map(file -> new TaskSpec.VersionFile(
                                    file.getKey(), Sha256.hex(file.getValue()), file.getValue().length))
                            .toList());
        }
    }

    @BeforeAll
    static void start() throws Exception {
        podman = TestPodman.start();
        version = new TestVersion(
                folder.resolve("modules"),
                Map.of(
                        "Dockerfile", DOCKERFILE.getBytes(StandardCharsets.UTF_8),
                        "bin/probe", podman.probe(Path.of("src/test/containers/probe.c")),
                        "data.txt", "published".getBytes(StandardCharsets.UTF_8)));
        executor = executor(TestContainerConfig.docker(podman.endpoint()));
        assertThat(text(completed(run("{}", "{\"first\":1}")).output())).isEqualTo("{\"first\":1}");
        podman.podman("tag", podman.podman("images", "--quiet", "netbase-agent"), "example.test/probe:1");
    }

    @AfterAll
    static void stop() throws Exception {
        if (podman != null) {
            podman.close();
        }
    }

    @AfterEach
    void shouldLeaveNothingBehind() throws Exception {
        assertThat(podman.podman("ps", "--all", "--quiet")).isEmpty();
        try (var left = Files.list(folder.resolve("workspaces"))) {
            assertThat(left).isEmpty();
        }
        assertThat(Path.of("oom")).as("what conmon leaves where it was started").doesNotExist();
    }

    @Test
    void shouldBuildADockerfileOnceAndRunIt() throws Exception {
        String images = podman.podman("images", "--all", "--quiet", "--no-trunc");

        TaskOutcome.Completed outcome = completed(run("{}", "{\"text\":\"héllo\"}"));

        assertThat(text(outcome.output())).isEqualTo("{\"text\":\"héllo\"}");
        assertThat(text(outcome.stderr())).isEqualTo("done\n");
        assertThat(podman.podman("images", "--all", "--quiet", "--no-trunc")).isEqualTo(images);
    }

    @Test
    void shouldTakeEverythingFromAContainerThatItDoesNotNeed() {
        String config = "{\"image\":\"example.test/probe:1\",\"args\":[\"isolation\"],\"env\":{\"A\":\"b c\"}}";

        Map<String, Object> found =
                Json.parseObject(text(completed(run(config, "{}")).output()));

        assertThat(found)
                .containsEntry("CapEff", "0000000000000000")
                .containsEntry("CapBnd", "0000000000000000")
                .containsEntry("NoNewPrivs", "1")
                .containsEntry("root", 0L)
                .containsEntry("asset", 0L)
                .containsEntry("workspace", 1L)
                .containsEntry("in", 1L)
                .containsEntry("out", 1L)
                .containsEntry("tmp", 1L)
                .containsEntry("volume", 1L)
                .containsEntry("data", "published")
                .containsEntry("interfaces", List.of("lo"));
        assertThat(Json.asObject(found.get("env")))
                .containsEntry("A", "b c")
                .containsEntry("FROM_IMAGE", "1")
                .doesNotContainKey("JAVA_HOME");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    ["exit","7"]                              | {}                        | EXIT_CODE        | exit code 7: giving up
                    ["eat"]                                   | {"memory_bytes":33554432} | OUT_OF_MEMORY    | 33554432
                    ["sleep"]                                 | {"timeout_ms":300}        | TIMEOUT          | 300 ms
                    ["flood"]                                 | {"output_bytes":1000}     | OUTPUT_TOO_LARGE | 1000 bytes
                    ["fill","/workspace/x","30","stay"]       | {"workspace_bytes":1000}  | WORKSPACE_FULL   | 1000 bytes
                    ["fill","/workspace/x","1"]               | {"workspace_bytes":1000}  | WORKSPACE_FULL   | 1000 bytes
                    ["files","/workspace/out/","3"]           | {"workspace_files":2}     | WORKSPACE_FULL   | 2 files
                    ["fill","/tmp/x","2"]                     | {}                        | EXIT_CODE        | exit code 28
                    ["fill","/volume/x","2"]                  | {}                        | EXIT_CODE        | exit code 28
                    """)
    void shouldHoldALimit(String args, String limits, TaskErrorCode code, String message) {
        String config = "{\"args\":" + args + ",\"limits\":" + limits + "}";

        TaskOutcome.Failed failed = failed(run(config, "{}"));

        assertThat(failed.code()).isEqualTo(code);
        assertThat(failed.message()).contains(message);
        assertThat(failed.usage().loadingMicros()).isPositive();
        assertThat(failed.usage().instantiatingMicros()).isPositive();
        assertThat(failed.usage().runningMicros()).isGreaterThan(code == TaskErrorCode.TIMEOUT ? 300_000 : 0);
    }

    @Test
    void shouldBoundProcesses() {
        String output = text(completed(run("{\"args\":[\"fork\"],\"limits\":{\"pids\":10}}", "{}"))
                .output());

        assertThat(Integer.parseInt(output)).isBetween(1, 10);
    }

    /** More runs by {@code -Dcontainer.runs=100}: with one connection for all three streams every third failed. */
    @Test
    void shouldLoseNothingThatAProgramWritesWithoutReadingItsInput() {
        String input = "\"" + "i".repeat(1_000_000) + "\"";

        for (int i = 0; i < Integer.getInteger("container.runs", 5); i++) {
            for (int bytes : List.of(10, 200_000)) {
                TaskOutcome.Completed outcome = completed(run("{\"args\":[\"say\",\"" + bytes + "\"]}", input));

                assertThat(text(outcome.output())).isEqualTo("x".repeat(bytes));
                assertThat(text(outcome.stderr())).isEqualTo("said\n");
            }
        }
    }

    @Test
    void shouldBoundProcessorTime() {
        TaskOutcome.Completed outcome = completed(run("{\"args\":[\"cpu\"],\"limits\":{\"cpu_millis\":250}}", "{}"));

        assertThat(text(outcome.output())).isEqualTo("25000");
    }

    @Test
    void shouldGiveAContainerItsFilesAndKeepWhatItLeaves() throws IOException {
        ArtifactStore artifacts = new FileArtifactStore(folder.resolve("artifacts"));
        String sha256 = artifacts.put("of an earlier task".getBytes(StandardCharsets.UTF_8));
        TaskCall call = call("{\"args\":[\"copy\"]}", "{}", new TaskFile("in/data.txt", "artifact:" + sha256));

        TaskOutcome.Completed outcome = completed(TestCalls.run(executor, call));

        assertThat(text(outcome.output())).isEqualTo("of an earlier task");
        assertThat(outcome.artifacts()).containsExactly(new TaskArtifact("copy.txt", sha256, 18));
        assertThat(outcome.usage().workspaceBytes()).isEqualTo(2 * 18);
    }

    @Test
    void shouldKeepTheTailOfStderr() {
        TaskOutcome.Completed outcome =
                completed(run("{\"args\":[\"flood-stderr\"],\"limits\":{\"stderr_bytes\":11}}", "{}"));

        assertThat(text(outcome.stderr())).isEqualTo("line 99999\n");
    }

    @Test
    void shouldStopAContainerWhenItsTaskIsCancelled() throws Exception {
        Cancellation cancellation = new Cancellation();
        List<CompletableFuture<TaskOutcome>> outcomes = List.of(
                TestCalls.start(executor, call("{\"args\":[\"sleep\"]}", "{}"), cancellation),
                TestCalls.start(executor, call("{\"args\":[\"sleep\"]}", "{}"), cancellation),
                TestCalls.start(executor, call("{\"args\":[\"sleep\"]}", "{}"), cancellation));
        await().until(() -> podman.podman("ps", "--quiet").lines().count() == 2);

        long begin = System.nanoTime();
        cancellation.request(Cancellation.Reason.RUN_CANCELLED);

        for (CompletableFuture<TaskOutcome> outcome : outcomes) {
            assertThat(failed(outcome.get()).code()).isEqualTo(TaskErrorCode.CANCELLED);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    @Test
    void shouldRemoveWhatAnEarlierProcessLeft() throws Exception {
        String owner = folder.resolve("workspaces").toAbsolutePath().toString();
        podman.podman(
                "run",
                "--detach",
                "--network=none",
                "--label=" + ContainerEngine.OWNER_LABEL + "=" + owner,
                "example.test/probe:1",
                "sleep");
        String others = podman.podman(
                "run",
                "--detach",
                "--network=none",
                "--label=" + ContainerEngine.OWNER_LABEL + "=/elsewhere",
                "example.test/probe:1",
                "sleep");
        ContainerConfig config = TestContainerConfig.docker(podman.endpoint());

        new ContainerSweep(new ContainerEngines(config), folder.resolve("workspaces")).ensure();

        assertThat(podman.podman("ps", "--all", "--quiet", "--no-trunc")).isEqualTo(others);
        podman.podman("rm", "--force", "--time=0", others);
    }

    @Test
    void shouldSayWhatIsWrong() {
        assertThat(failed(run("{\"image\":7}", "{}")).message()).contains("config.image");
        assertThat(failed(run("{\"args\":\"x\"}", "{}")).message()).contains("config.args");
        assertThat(failed(run("{\"env\":{\"a=b\":\"x\"}}", "{}")).message()).contains("config.env");
        assertThat(failed(run("{\"network\":true}", "{}")).message()).contains("netbase.container.network");
        assertThat(failed(run("{\"image\":\"example.test/none:1\"}", "{}")).message())
                .contains("example.test/none:1", "netbase.container.pull=never");
    }

    @Test
    void shouldRunOnlyImagesThatTheOperatorAllows() throws Exception {
        RunContainer choosy = executor(
                TestContainerConfig.docker(podman.endpoint()).withAllowedImages("registry.test/", "other.test/"));

        TaskOutcome.Failed failed = failed(TestCalls.run(choosy, call("{\"image\":\"example.test/probe:1\"}", "{}")));

        assertThat(failed.code()).isEqualTo(TaskErrorCode.INVALID_MODULE);
        assertThat(failed.message()).contains("netbase.container.allowed-images");
    }

    @Test
    void shouldSayThatAnImageCannotBeFetched() throws Exception {
        RunContainer fetching =
                executor(TestContainerConfig.docker(podman.endpoint()).withPull(ContainerConfig.Pull.MISSING));

        TaskOutcome.Failed failed =
                failed(TestCalls.run(fetching, call("{\"image\":\"127.0.0.1:1/nothing/there\"}", "{}")));

        assertThat(failed.code()).isEqualTo(TaskErrorCode.INVALID_MODULE);
        assertThat(failed.message()).contains("127.0.0.1:1/nothing/there cannot be fetched");
    }

    @Test
    void shouldNotRunAVersionThatWasChanged() throws IOException {
        Path data =
                version.dockerfile.versionDirectory(folder.resolve("modules")).resolve("data.txt");
        Files.writeString(data, "tampered!");

        TaskOutcome.Failed failed = failed(run("{}", "{}"));
        Files.writeString(data, "published");

        assertThat(failed.code()).isEqualTo(TaskErrorCode.CHECKSUM_MISMATCH);
    }

    @Test
    void shouldSaySoWithoutAnEngine() throws Exception {
        TaskOutcome.Failed without = failed(TestCalls.run(executor(TestContainerConfig.none()), call("{}", "{}")));
        TaskOutcome.Failed away =
                failed(TestCalls.run(executor(TestContainerConfig.docker("unix:///nowhere.sock")), call("{}", "{}")));

        assertThat(without.code()).isEqualTo(TaskErrorCode.UNSUPPORTED_AGENT_TYPE);
        assertThat(without.message()).contains("netbase.container.endpoint=unix:///");
        assertThat(away.code()).isEqualTo(TaskErrorCode.HOST_ERROR);
        assertThat(away.message()).contains("netbase.container.endpoint");
        assertThatThrownBy(() -> new ContainerEngines(TestContainerConfig.docker("tcp://x")))
                .hasMessageContaining("unix://");
    }

    private static RunContainer executor(ContainerConfig config) throws IOException {
        Path modules = Files.createDirectories(folder.resolve("modules"));
        Path root = Files.createDirectories(folder.resolve("workspaces"));
        ContainerEngines engines = new ContainerEngines(config);
        Path cache = Files.createTempDirectory(folder, "cache");
        return new RunContainer(
                engines,
                new ContainerSweep(engines, root),
                config,
                new AssetCache(modules, cache),
                TestInputs.workspaces(root, modules, folder.resolve("artifacts"), new SpecCache(version)),
                new SpecCache(version),
                new LeaseKeeper(
                        null,
                        new TasksInHand(),
                        () -> {},
                        InstantSource.system(),
                        new WorkerMetrics(new SimpleMeterRegistry(), new TasksInHand()),
                        TestConfig.named("containers")),
                modules);
    }

    private static TaskOutcome run(String config, String input) {
        return TestCalls.run(executor, call(config, input));
    }

    private static TaskCall call(String config, String input, TaskFile... files) {
        long id = NEXT_TASK.getAndIncrement();
        TaskSpec spec = new TaskSpec(1, AgentType.CONTAINER, Json.parseObject(config), version.dockerfile);
        return new TaskCall(
                new TaskKey("run", id, 1),
                "group-" + id,
                spec,
                LimitCaps.defaults().resolve(spec.config()),
                input.getBytes(StandardCharsets.UTF_8),
                List.of(files));
    }

    private static TaskOutcome.Completed completed(TaskOutcome outcome) {
        if (outcome instanceof TaskOutcome.Failed failed) {
            throw new AssertionError(failed.code() + ": " + failed.message() + "\n" + text(failed.stderr()));
        }
        return (TaskOutcome.Completed) outcome;
    }

    private static TaskOutcome.Failed failed(TaskOutcome outcome) {
        if (outcome instanceof TaskOutcome.Completed completed) {
            throw new AssertionError("completed: " + text(completed.output()));
        }
        return (TaskOutcome.Failed) outcome;
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
