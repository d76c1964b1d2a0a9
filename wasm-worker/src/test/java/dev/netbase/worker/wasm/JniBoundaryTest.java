package dev.netbase.worker.wasm;

import static dev.netbase.worker.wasm.Sandboxes.PATIENCE;
import static dev.netbase.worker.wasm.Sandboxes.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.testing.ForkedJvm;
import dev.netbase.worker.wasm.WasmOutcome.Completed;
import dev.netbase.worker.wasm.WasmOutcome.Failed;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** No use of the bridge, however wrong, is more than an exception. */
class JniBoundaryTest {
    @TempDir
    Path root;

    @Test
    void shouldTurnAPanicIntoAnExceptionAndLiveOn() throws IOException {
        WasmManager manager = Sandboxes.create(root);
        CompiledModule echo = manager.load(Guests.publish(root, "echo")).await().atMost(PATIENCE);

        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(NativeSandbox::panic)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("the sandbox failed");
            assertThat(manager.execute(task(echo)).await().atMost(PATIENCE)).isInstanceOf(Completed.class);
        }
        manager.close();
    }

    @Test
    void shouldBearClosingTwiceAndUsesAfterIt() throws IOException {
        WasmManager manager = Sandboxes.create(root);
        CompiledModule echo = manager.load(Guests.publish(root, "echo")).await().atMost(PATIENCE);
        WasmExecution spinning = manager.start(
                task(manager.load(Guests.publish(root, "spin")).await().atMost(PATIENCE)));

        manager.close();
        assertThatCode(manager::close).doesNotThrowAnyException();

        assertThat(code(spinning.outcome().await().atMost(PATIENCE))).isEqualTo(TaskErrorCode.CANCELLED);
        assertThatCode(spinning::cancel).doesNotThrowAnyException();
        assertThat(code(manager.execute(task(echo)).await().atMost(PATIENCE))).isEqualTo(TaskErrorCode.CANCELLED);
    }

    @Test
    void shouldBearClosingByManyThreadsWhileOthersSubmitLoadAndCancel()
            throws IOException, InterruptedException, ExecutionException, TimeoutException {
        ModuleRef echo = Guests.publish(root, "echo");
        ModuleRef spin = Guests.publish(root, "spin");
        for (int round = 0; round < 5; round++) {
            WasmManager manager = Sandboxes.create(root, 50, 64L << 20);
            CompiledModule spinning = manager.load(spin).await().atMost(PATIENCE);
            CountDownLatch start = new CountDownLatch(1);
            List<Future<Boolean>> ended = new ArrayList<>();
            try (var threads = Executors.newFixedThreadPool(64)) {
                for (int thread = 0; thread < 64; thread++) {
                    int role = thread % 4;
                    ended.add(threads.submit(() -> {
                        start.await();
                        return switch (role) {
                            case 0 -> closes(manager);
                            case 1 -> spins(manager, spinning);
                            default -> loads(manager, echo);
                        };
                    }));
                }
                start.countDown();
                for (Future<Boolean> each : ended) {
                    assertThat(each.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
                }
            }
        }
    }

    private static boolean closes(WasmManager manager) {
        manager.close();
        return true;
    }

    private static boolean spins(WasmManager manager, CompiledModule module) {
        WasmExecution execution = manager.start(task(module));
        execution.cancel();
        return code(execution.outcome().await().atMost(PATIENCE)) == TaskErrorCode.CANCELLED;
    }

    /** Either it still runs or it is refused, but it always ends. */
    private static boolean loads(WasmManager manager, ModuleRef ref) {
        return manager.load(ref)
                .flatMap(module -> manager.execute(task(module)))
                .map(outcome -> outcome instanceof Completed || code(outcome) == TaskErrorCode.CANCELLED)
                .onFailure(TaskRefusedException.class)
                .recoverWithItem(true)
                .await()
                .atMost(PATIENCE);
    }

    @Test
    void shouldPassTheJvmsOwnChecks() throws IOException, InterruptedException {
        Path exercise = root.resolve("exercise");

        ForkedJvm jvm = ForkedJvm.run(
                JniExercise.class,
                root.resolve("log"),
                PATIENCE,
                List.of("-Xcheck:jni", "-Xmx128m"),
                exercise.toString());

        assertThat(jvm.output())
                .doesNotContain("in native method", "FATAL ERROR")
                .contains(JniExercise.FINE);
        assertThat(jvm.exitValue()).isZero();
    }

    private static TaskErrorCode code(WasmOutcome outcome) {
        return ((Failed) outcome).code();
    }
}
