package dev.netbase.worker.wasm;

import static dev.netbase.worker.wasm.Sandboxes.INPUT;
import static dev.netbase.worker.wasm.Sandboxes.PATIENCE;
import static dev.netbase.worker.wasm.Sandboxes.task;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.wasm.WasmOutcome.Completed;
import dev.netbase.worker.wasm.WasmOutcome.Failed;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kind 3. What it may and may not do is tested in Rust; here is that it goes the same way as the others. */
class ComponentTest {
    @TempDir
    Path root;

    private WasmManager manager;

    @BeforeEach
    void open() {
        manager = Sandboxes.create(root);
    }

    @AfterEach
    void close() {
        manager.close();
    }

    @Test
    void shouldRunATaskOfAComponent() throws IOException {
        WasmOutcome outcome = run(task(load("component-task")));

        assertThat(outcome).isInstanceOfSatisfying(Completed.class, completed -> {
            assertThat(completed.output()).isEqualTo(INPUT);
            assertThat(completed.usage().fuelUsed()).isPositive();
        });
    }

    @Test
    void shouldFailATaskWithTheComponentsOwnWords() throws IOException {
        assertThat(run(task(load("component-refuses")))).isInstanceOfSatisfying(Failed.class, failed -> {
            assertThat(failed.code()).isEqualTo(TaskErrorCode.EXIT_CODE);
            assertThat(failed.message()).isEqualTo("no such colour");
        });
    }

    @Test
    void shouldGiveAComponentOfACommandItsInputArgumentsAndFolders() throws IOException {
        Path workspace = Files.createDirectories(root.resolve("workspace/out")).getParent();
        WasmTask plain = task(load("args-env-component"));
        WasmTask filled = new WasmTask(
                plain.module(), INPUT, plain.limits(), null, "/", null, List.of("ä"), Map.of("KEY", "value"));
        WasmTask writing = new WasmTask(
                load("write-workspace-component"),
                INPUT,
                plain.limits(),
                workspace,
                "/workspace",
                null,
                List.of(),
                Map.of());

        assertThat(run(task(load("component-cat"))))
                .isInstanceOfSatisfying(
                        Completed.class,
                        completed -> assertThat(completed.output()).isEqualTo(INPUT));
        assertThat(((Completed) run(filled)).output())
                .isEqualTo("bin/args-env-component.wasm\0ä\0KEY=value\0".getBytes(UTF_8));
        assertThat(writing.module().seesFiles()).isTrue();
        assertThat(run(writing)).isInstanceOf(Completed.class);
        assertThat(workspace.resolve("out/result.txt")).hasContent("hello");
    }

    @Test
    void shouldHoldAComponentToItsLimitsAndEndItWhenCancelled() throws IOException {
        Path workspace = Files.createDirectories(root.resolve("workspace/out")).getParent();
        WasmTask plain = task(load("fill-workspace-component"), Map.of("workspace_bytes", 100_000L));
        WasmTask filling =
                new WasmTask(plain.module(), INPUT, plain.limits(), workspace, "/workspace", null, List.of(), Map.of());
        WasmExecution spinning = manager.start(task(load("spins-on-the-clock-component")));

        spinning.cancel();

        assertThat(code(spinning.outcome().await().atMost(PATIENCE))).isEqualTo(TaskErrorCode.CANCELLED);
        assertThat(code(run(filling))).isEqualTo(TaskErrorCode.WORKSPACE_FULL);
        assertThat(code(run(task(plain.module(), Map.of("fuel", 10L))))).isEqualTo(TaskErrorCode.OUT_OF_FUEL);
    }

    private static TaskErrorCode code(WasmOutcome outcome) {
        return ((Failed) outcome).code();
    }

    private CompiledModule load(String guest) throws IOException {
        return manager.load(Guests.publish(root, guest)).await().atMost(PATIENCE);
    }

    private WasmOutcome run(WasmTask task) {
        return manager.execute(task).await().atMost(PATIENCE);
    }
}
