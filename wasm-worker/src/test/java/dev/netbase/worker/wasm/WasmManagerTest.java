package dev.netbase.worker.wasm;

import static dev.netbase.worker.wasm.Sandboxes.INPUT;
import static dev.netbase.worker.wasm.Sandboxes.PATIENCE;
import static dev.netbase.worker.wasm.Sandboxes.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.wasm.WasmOutcome.Completed;
import dev.netbase.worker.wasm.WasmOutcome.Failed;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WasmManagerTest {
    @TempDir
    Path root;

    WasmManager manager;

    @BeforeEach
    void start() {
        manager = Sandboxes.create(root);
    }

    @AfterEach
    void stop() {
        manager.close();
    }

    private CompiledModule load(String guest) throws IOException {
        return manager.load(Guests.publish(root, guest)).await().atMost(PATIENCE);
    }

    private WasmOutcome run(WasmTask task) {
        return manager.execute(task).await().atMost(PATIENCE);
    }

    private TaskErrorCode refusal(ModuleRef ref) {
        try {
            manager.load(ref).await().atMost(PATIENCE);
        } catch (TaskRefusedException e) {
            return e.code();
        }
        throw new AssertionError("the module was loaded");
    }

    @Test
    void shouldAnswerWithTheOutputAndWhatWasUsed() throws IOException {
        WasmOutcome outcome = run(task(load("echo")));

        assertThat(outcome).isInstanceOfSatisfying(Completed.class, completed -> {
            assertThat(completed.output()).isEqualTo(INPUT);
            assertThat(completed.stderr()).isEmpty();
            assertThat(completed.usage().fuelUsed()).isPositive();
            assertThat(completed.usage().peakMemoryBytes()).isEqualTo(2 * 65_536);
        });
        assertThat(manager.guestTime()).isPositive();
    }

    @Test
    void shouldAnswerFailuresAsOutcomesWithTheirCodes() throws IOException {
        Map<String, TaskErrorCode> expected = Map.of(
                "grow", TaskErrorCode.OUT_OF_MEMORY,
                "trap", TaskErrorCode.TRAP,
                "recurse", TaskErrorCode.STACK_OVERFLOW,
                "exit", TaskErrorCode.EXIT_CODE,
                "flood", TaskErrorCode.OUTPUT_TOO_LARGE,
                "past-the-end", TaskErrorCode.INVALID_OUTPUT,
                "table-grow", TaskErrorCode.TABLE_LIMIT);

        for (var entry : expected.entrySet()) {
            assertThat(run(task(load(entry.getKey()))))
                    .isInstanceOfSatisfying(
                            Failed.class, failed -> assertThat(failed.code()).isEqualTo(entry.getValue()));
        }
    }

    @Test
    void shouldKeepTheTailOfStderrAndUseItAsTheMessage() throws IOException {
        WasmOutcome outcome = run(task(load("exit"), Map.of("stderr_bytes", 6L)));

        assertThat(outcome).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(new String(failed.stderr(), UTF_8)).isEqualTo("thing\n");
            assertThat(failed.message()).isEqualTo("thing");
        });
    }

    @Test
    void shouldGiveACommandItsArgumentsEnvironmentAndFolders() throws IOException {
        Path workspace = Files.createDirectories(root.resolve("workspace/out")).getParent();
        Path asset = Files.createDirectory(root.resolve("asset"));
        WasmTask plain = task(load("args-env"));
        WasmTask filled = new WasmTask(
                plain.module(), INPUT, plain.limits(), null, "/", null, List.of("ä"), Map.of("KEY", "value"));
        WasmTask writing = new WasmTask(
                load("write-workspace"), INPUT, plain.limits(), workspace, "/data", asset, List.of(), Map.of());

        assertThat(((Completed) run(filled)).output()).isEqualTo("bin/args-env.wasm\0ä\0KEY=value\0".getBytes(UTF_8));
        assertThat(run(writing)).isInstanceOf(Completed.class);
        assertThat(workspace.resolve("out/result.txt")).hasContent("hello");
    }

    @Test
    void shouldTellModulesThatSeeFilesFromThoseThatDoNot() throws IOException {
        assertThat(load("echo").seesFiles()).isFalse();
        assertThat(load("cat").seesFiles()).isFalse();
        assertThat(load("read-asset").seesFiles()).isTrue();
    }

    @Test
    void shouldAnswerThatAGuestWasCancelledOnceItIsGone() throws IOException {
        for (String guest : List.of("spin", "sleep")) {
            WasmExecution execution = manager.start(task(load(guest)));

            execution.cancel();
            execution.cancel();

            assertThat(execution.outcome().await().atMost(PATIENCE))
                    .isInstanceOfSatisfying(
                            Failed.class, failed -> assertThat(failed.code()).isEqualTo(TaskErrorCode.CANCELLED));
        }
    }

    @Test
    void shouldEndAGuestWhoseSubscriptionIsCancelled() throws IOException {
        manager.close();
        manager = Sandboxes.create(root, 1, 64L << 20);
        WasmTask spinning = task(load("spin"));
        WasmTask next = task(load("echo"));

        manager.execute(spinning).subscribe().with(outcome -> {}).cancel();

        // Runs only in the slot that the first one leaves.
        assertThat(run(next)).isInstanceOf(Completed.class);
    }

    @Test
    void shouldCompileOnceForConcurrentFirstUses() throws IOException {
        ModuleRef ref = Guests.publish(root, "echo");

        List<Uni<CompiledModule>> loads =
                Stream.generate(() -> manager.load(ref)).limit(100).toList();
        List<CompiledModule> modules =
                Uni.join().all(loads).andFailFast().await().atMost(PATIENCE);

        assertThat(modules).allMatch(modules.getFirst()::equals);
    }

    @Test
    void shouldShareCodeBetweenCopiesOfAModule() throws IOException {
        CompiledModule one = load("echo");
        CompiledModule other = manager.load(Guests.publish(root.resolve("other/2.0.0/run.wasm"), Guests.binary("echo")))
                .await()
                .atMost(PATIENCE);

        assertThat(other.handle()).isEqualTo(one.handle());
        assertThat(other.ref()).isNotEqualTo(one.ref());
    }

    @Test
    void shouldRefuseAModuleThatChangedAfterItWasLoaded() throws IOException {
        ModuleRef ref = Guests.publish(root, "echo");
        manager.load(ref).await().atMost(PATIENCE);
        FileTime published = Files.getLastModifiedTime(ref.path());

        byte[] changed = Guests.binary("echo");
        changed[changed.length - 2] ^= 1;
        Files.write(ref.path(), changed);
        Files.setLastModifiedTime(ref.path(), published);

        assertThat(refusal(ref)).isEqualTo(TaskErrorCode.CHECKSUM_MISMATCH);

        Files.write(ref.path(), Guests.binary("echo"));
        assertThat(run(task(manager.load(ref).await().atMost(PATIENCE)))).isInstanceOf(Completed.class);
    }

    @Test
    void shouldRefuseAModuleOfAnotherSize() throws IOException {
        ModuleRef ref = Guests.publish(root, "echo");
        Files.write(ref.path(), new byte[100_000]);

        assertThat(refusal(ref)).isEqualTo(TaskErrorCode.CHECKSUM_MISMATCH);
    }

    @Test
    void shouldNotFindWhatIsMissingOrElsewhereOrBehindALink(@TempDir Path elsewhere) throws IOException {
        ModuleRef published = Guests.publish(root, "echo");
        ModuleRef outside = Guests.publish(elsewhere, "echo");
        Path file = Files.createSymbolicLink(published.path().resolveSibling("link.wasm"), published.path());
        Path folder = Files.createSymbolicLink(root.resolve("linked"), elsewhere.resolve("package"));

        List<Path> bad = List.of(
                root.resolve("package/1.0.0/bin/none.wasm"),
                root.resolve("package/1.0.0/bin/echo.wasm/none"),
                root.resolve("package/1.0.0/bin"),
                outside.path(),
                root.resolve("package/../../" + elsewhere.getFileName() + "/package/1.0.0/bin/echo.wasm"),
                file,
                folder.resolve("1.0.0/bin/echo.wasm"),
                root);

        for (Path path : bad) {
            ModuleRef ref = new ModuleRef(path, published.checksum(), published.sizeBytes(), "bin/echo.wasm");
            assertThat(refusal(ref)).as(path.toString()).isEqualTo(TaskErrorCode.MODULE_NOT_FOUND);
        }
    }

    @Test
    void shouldRefuseModulesThatCannotBeRunEachTime() throws IOException {
        ModuleRef ref = Guests.publish(root, "unknown-import");

        assertThatThrownBy(() -> manager.load(ref).await().atMost(PATIENCE))
                .isInstanceOf(TaskRefusedException.class)
                .hasMessageContaining("env::open_socket");
        assertThat(refusal(ref)).isEqualTo(TaskErrorCode.INVALID_MODULE);
        assertThat(refusal(Guests.publish(root, "huge-memory"))).isEqualTo(TaskErrorCode.OUT_OF_MEMORY);
    }

    @Test
    void shouldRunCodeThatTheCacheHasLetGoOf() throws IOException {
        manager.close();
        manager = Sandboxes.create(root, 10, 1);
        List<CompiledModule> modules = new ArrayList<>();
        for (String guest : List.of("echo", "cat", "initialize")) {
            modules.add(load(guest));
        }

        for (CompiledModule module : modules) {
            assertThat(run(task(module))).isInstanceOf(Completed.class);
        }
    }

    @Test
    void shouldRefuseToRunAfterClosing() throws IOException {
        CompiledModule echo = load("echo");
        manager.close();

        assertThat(run(task(echo)))
                .isInstanceOfSatisfying(
                        Failed.class, failed -> assertThat(failed.code()).isEqualTo(TaskErrorCode.CANCELLED));
        assertThat(refusal(Guests.publish(root, "cat"))).isEqualTo(TaskErrorCode.CANCELLED);
    }
}
