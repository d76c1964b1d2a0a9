package dev.netbase.worker.group.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.artifact.ArtifactStore;
import dev.netbase.model.artifact.FileArtifactStore;
import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.file.TaskArtifact;
import dev.netbase.model.file.TaskFile;
import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.group.application.IoThreads;
import dev.netbase.worker.group.application.SpecCache;
import dev.netbase.worker.group.application.SpecStore;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskSpec;
import dev.netbase.worker.testing.TestInputs;
import dev.netbase.worker.wasm.TaskRefusedException;
import dev.netbase.worker.wasm.Workspaces;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files into workspaces and out of them, on a real file system. */
class TaskWorkspacesTest {
    private static final TaskOutcome DONE =
            new TaskOutcome.Completed("1".getBytes(StandardCharsets.UTF_8), new byte[0], TaskOutcome.Usage.NONE);

    @TempDir
    Path root;

    private ArtifactStore artifacts;
    private TaskWorkspaces workspaces;
    private Path workspacesRoot;

    @BeforeEach
    void setUp() throws IOException {
        artifacts = new FileArtifactStore(root.resolve("artifacts"));
        workspacesRoot = root.resolve("workspaces");
        Files.createDirectories(root.resolve("modules/pack-1/1.0.0/data"));
        Files.writeString(root.resolve("modules/pack-1/1.0.0/data/a.txt"), "published");
        Files.createDirectories(root.resolve("shared/deep"));
        Files.writeString(root.resolve("shared/deep/l.txt"), "local");
        Files.writeString(root.resolve("secret.txt"), "secret");
        Files.createSymbolicLink(root.resolve("shared/link"), root.resolve("secret.txt"));
        InputsConfig config = new TestInputs(List.of(root.resolve("shared")));
        InputSources sources = new InputSources(
                new SpecCache(new OneFile()), artifacts, new S3Objects(config), config, root.resolve("modules"));
        workspaces = new TaskWorkspaces(new Workspaces(workspacesRoot), sources, artifacts, new IoThreads(), config);
    }

    @Test
    void shouldPutFilesOfEveryKindIntoTheWorkspace() throws IOException {
        String sha256 = artifacts.put("kept".getBytes(StandardCharsets.UTF_8));

        TaskOutcome outcome = run(
                "{}",
                workspace -> {
                    assertThat(workspace.resolve("in/a.txt")).hasContent("published");
                    assertThat(workspace.resolve("in/deep/er/b.txt")).hasContent("kept");
                    assertThat(workspace.resolve("c.txt")).hasContent("local");
                    assertThat(workspace.resolve("out")).isEmptyDirectory();
                },
                new TaskFile("in/a.txt", "asset:pack-1/1.0.0/data/a.txt"),
                new TaskFile("in/deep/er/b.txt", "artifact:" + sha256),
                new TaskFile("c.txt", "file:" + root.resolve("shared/deep/l.txt")));

        assertThat(outcome.usage().workspaceBytes()).isEqualTo(9 + 4 + 5);
        assertThat(workspacesRoot.resolve("group")).doesNotExist();
    }

    @Test
    void shouldSayWhichInputCannotBeHad() throws IOException {
        assertRefused(TaskErrorCode.INPUT_UNAVAILABLE, "asset:pack-1/1.0.0/data/none.txt", "no such file");
        assertRefused(TaskErrorCode.INPUT_UNAVAILABLE, "artifact:" + "0".repeat(64), "no artifact");
        assertRefused(TaskErrorCode.INPUT_UNAVAILABLE, "s3://bucket/key", "netbase.inputs.s3.allowed");
        assertRefused(TaskErrorCode.INPUT_UNAVAILABLE, "file:" + root.resolve("secret.txt"), "inputs.local.allowed");
        assertRefused(TaskErrorCode.INPUT_UNAVAILABLE, "file:" + root.resolve("shared/link"), "regular file");
        assertRefused(TaskErrorCode.INPUT_UNAVAILABLE, "file:" + root.resolve("shared/deep"), "regular file");
        Files.writeString(root.resolve("modules/pack-1/1.0.0/data/a.txt"), "tampered!");
        assertRefused(TaskErrorCode.INPUT_UNAVAILABLE, "asset:pack-1/1.0.0/data/a.txt", "checksum");
        assertThat(workspacesRoot.resolve("group")).doesNotExist();
    }

    @Test
    void shouldCountInputsAgainstTheLimitsOfTheWorkspace() {
        TaskFile local = new TaskFile("in/l.txt", "file:" + root.resolve("shared/deep/l.txt"));

        assertThatThrownBy(() -> run("{\"workspace_bytes\":4}", workspace -> {}, local))
                .isInstanceOfSatisfying(
                        TaskRefusedException.class, e -> assertThat(e.code()).isEqualTo(TaskErrorCode.WORKSPACE_FULL))
                .hasMessageContaining("limits.workspace_bytes");
        assertThatThrownBy(
                        () -> run("{\"workspace_files\":1}", workspace -> {}, local, new TaskFile("x/y", local.from())))
                .hasMessageContaining("limits.workspace_files");
        assertThat(run("{\"workspace_bytes\":5,\"workspace_files\":1}", workspace -> {}, local))
                .isInstanceOf(TaskOutcome.Completed.class);
    }

    @Test
    void shouldStopFetchingForATaskThatIsCancelled() {
        Cancellation cancellation = new Cancellation();
        cancellation.request(Cancellation.Reason.RUN_CANCELLED);

        assertThatThrownBy(() -> workspaces
                        .in(
                                call("{}", new TaskFile("in/l.txt", "file:" + root.resolve("shared/deep/l.txt"))),
                                cancellation,
                                workspace -> Uni.createFrom().item(DONE))
                        .await()
                        .atMost(Duration.ofSeconds(10)))
                .isInstanceOfSatisfying(
                        TaskRefusedException.class, e -> assertThat(e.code()).isEqualTo(TaskErrorCode.CANCELLED));
        assertThat(workspacesRoot.resolve("group")).doesNotExist();
    }

    @Test
    void shouldKeepRegularFilesLeftUnderOutAndNothingElse() {
        TaskOutcome outcome = run("{}", workspace -> {
            write(workspace.resolve("out/b.txt"), "bb");
            write(workspace.resolve("out/deep/er/a.txt"), "a");
            write(workspace.resolve("in/not.txt"), "no");
            write(workspace.resolve("not.txt"), "no");
            link(workspace.resolve("out/link"), root.resolve("secret.txt"));
            link(workspace.resolve("out/folder"), root.resolve("shared"));
        });

        assertThat(((TaskOutcome.Completed) outcome).artifacts())
                .containsExactly(
                        new TaskArtifact("b.txt", sha256("bb"), 2), new TaskArtifact("deep/er/a.txt", sha256("a"), 1));
        assertThat(artifacts.locate(sha256("bb"))).isPresent();
        assertThat(artifacts.locate(sha256("secret"))).isEmpty();
        assertThat(workspacesRoot.resolve("group")).doesNotExist();
    }

    @Test
    void shouldFollowNoLinkInThePlaceOfOut() {
        TaskOutcome outcome = run("{}", workspace -> {
            try {
                Files.delete(workspace.resolve("out"));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            link(workspace.resolve("out"), root.resolve("shared"));
        });

        assertThat(((TaskOutcome.Completed) outcome).artifacts()).isEmpty();
    }

    @Test
    void shouldRefuseAFileWhoseNameCouldNotBeGivenToAnotherTask() {
        TaskOutcome outcome = run("{}", workspace -> write(workspace.resolve("out/a\\b"), "x"));

        assertThat(outcome).isInstanceOfSatisfying(TaskOutcome.Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo(TaskErrorCode.INVALID_OUTPUT);
            assertThat(failed.message()).contains("backslash");
        });
    }

    @Test
    void shouldKeepNothingOfATaskThatFailed() {
        TaskOutcome failure = new TaskOutcome.Failed(
                TaskErrorCode.TRAP, "trap", "err".getBytes(StandardCharsets.UTF_8), TaskOutcome.Usage.NONE);

        TaskOutcome outcome = workspaces
                .in(call("{}"), new Cancellation(), workspace -> {
                    write(workspace.resolve("out/x"), "left by a failure");
                    return Uni.createFrom().item(failure);
                })
                .await()
                .atMost(Duration.ofSeconds(10));

        assertThat(outcome).isInstanceOf(TaskOutcome.Failed.class);
        assertThat(outcome.usage().workspaceBytes()).isEqualTo(17);
        assertThat(artifacts.locate(sha256("left by a failure"))).isEmpty();
        assertThat(workspacesRoot.resolve("group")).doesNotExist();
    }

    @Test
    void shouldDeleteTheWorkspaceWhenTheWorkBreaks() {
        assertThatThrownBy(() -> workspaces
                        .in(call("{}"), new Cancellation(), workspace -> {
                            throw new IllegalStateException("broken");
                        })
                        .await()
                        .atMost(Duration.ofSeconds(10)))
                .hasMessage("broken");
        assertThat(workspacesRoot.resolve("group")).doesNotExist();
    }

    private void assertRefused(TaskErrorCode code, String from, String why) {
        assertThatThrownBy(() -> run("{}", workspace -> {}, new TaskFile("in/x", from)))
                .isInstanceOfSatisfying(
                        TaskRefusedException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining("in/x from " + from)
                .hasMessageContaining(why);
    }

    private TaskOutcome run(String limits, Consumer<Path> guest, TaskFile... files) {
        return workspaces
                .in(call(limits, files), new Cancellation(), workspace -> {
                    guest.accept(workspace);
                    return Uni.createFrom().item(DONE);
                })
                .await()
                .atMost(Duration.ofSeconds(10));
    }

    private static TaskCall call(String limits, TaskFile... files) {
        TaskSpec spec = new TaskSpec(
                1, AgentType.WASM, Map.of(), new TaskSpec.AssetFile("pack-1", "1.0.0", 1, "bin/x.wasm", "", 0));
        return new TaskCall(
                new TaskKey("run", 1, 1),
                "group",
                spec,
                LimitCaps.defaults().resolve(Map.of("limits", Json.parseObject(limits))),
                new byte[0],
                List.of(files));
    }

    private static void write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void link(Path link, Path target) {
        try {
            Files.createSymbolicLink(link, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String sha256(String text) {
        return Sha256.hex(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A registry with the file data/a.txt of pack-1 1.0.0. */
    private static final class OneFile implements SpecStore {
        @Override
        public Uni<Map<Long, TaskSpec>> specs(Collection<Long> ids) {
            return Uni.createFrom().item(Map.of());
        }

        @Override
        public Uni<Optional<TaskSpec.VersionFile>> publishedFile(String nanoid, String version, String path) {
            return Uni.createFrom()
                    .item(
                            (nanoid + "/" + version + "/" + path).equals("pack-1/1.0.0/data/a.txt")
                                    ? Optional.of(new TaskSpec.VersionFile(path, sha256("published"), 9))
                                    : Optional.empty());
        }

        @Override
        public Uni<List<TaskSpec.VersionFile>> files(long versionId) {
            return Uni.createFrom().item(List.of());
        }
    }
}
