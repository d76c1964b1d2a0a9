package dev.netbase.worker.wasm;

import static dev.netbase.worker.wasm.Sandboxes.PATIENCE;
import static dev.netbase.worker.wasm.Sandboxes.task;
import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.wasm.WasmOutcome.Completed;
import dev.netbase.worker.wasm.WasmOutcome.Failed;
import io.smallrye.mutiny.Uni;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The JVM and the sandbox both handle signals, and both come and go: none may cost the other. */
class SandboxStressTest {
    @TempDir
    Path root;

    @Nullable
    private static volatile Object nothing;

    private static int depth(int n) {
        return n < 0 ? 0 : n + depth(n + 1);
    }

    @Test
    void shouldTrapBesideNullPointersAndStackOverflowsOfTheJvm() throws IOException {
        WasmManager manager = Sandboxes.create(root);
        List<CompiledModule> hostile = new ArrayList<>();
        for (String guest : List.of("trap", "divide", "out-of-bounds", "recurse", "echo")) {
            hostile.add(manager.load(Guests.publish(root, guest)).await().atMost(PATIENCE));
        }
        AtomicBoolean enough = new AtomicBoolean();
        AtomicLong nullPointers = new AtomicLong();
        AtomicLong overflows = new AtomicLong();
        try (var threads = Executors.newFixedThreadPool(2)) {
            threads.submit(() -> {
                while (!enough.get()) {
                    try {
                        assertThat(nothing.hashCode()).isZero();
                    } catch (NullPointerException e) {
                        nullPointers.incrementAndGet();
                    }
                }
            });
            threads.submit(() -> {
                while (!enough.get()) {
                    try {
                        assertThat(depth(0)).isZero();
                    } catch (StackOverflowError e) {
                        overflows.incrementAndGet();
                    }
                }
            });

            for (int round = 0; round < 10; round++) {
                List<Uni<WasmOutcome>> outcomes = new ArrayList<>();
                for (int i = 0; i < 500; i++) {
                    outcomes.add(manager.execute(task(hostile.get(i % hostile.size()))));
                }
                List<WasmOutcome> ended =
                        Uni.join().all(outcomes).andFailFast().await().atMost(PATIENCE);
                assertThat(ended).filteredOn(Completed.class::isInstance).hasSize(100);
                assertThat(ended)
                        .filteredOn(outcome -> outcome instanceof Failed failed && failed.code() == TaskErrorCode.TRAP)
                        .hasSize(300);
            }
            enough.set(true);
        } finally {
            manager.close();
        }

        assertThat(nullPointers).hasPositiveValue();
        assertThat(overflows).hasPositiveValue();
    }

    @Test
    void shouldServe64ThreadsAtOnce() throws IOException, InterruptedException, ExecutionException, TimeoutException {
        WasmManager manager = Sandboxes.create(root, 100, 64L << 20);
        ModuleRef echo = Guests.publish(root, "echo");
        CountDownLatch start = new CountDownLatch(1);
        try (var threads = Executors.newFixedThreadPool(64)) {
            List<Future<Integer>> counts = new ArrayList<>();
            for (int thread = 0; thread < 64; thread++) {
                counts.add(threads.submit(() -> {
                    start.await();
                    int completed = 0;
                    for (int i = 0; i < 50; i++) {
                        WasmOutcome outcome = manager.load(echo)
                                .flatMap(module -> manager.execute(task(module)))
                                .await()
                                .atMost(PATIENCE);
                        completed += outcome instanceof Completed ? 1 : 0;
                    }
                    return completed;
                }));
            }
            start.countDown();
            for (Future<Integer> count : counts) {
                assertThat(count.get(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isEqualTo(50);
            }
        } finally {
            manager.close();
        }
    }

    @Test
    void shouldEndEveryGuestWhenClosedWhileThreadsStillSubmit() throws IOException {
        for (int round = 0; round < 10; round++) {
            WasmManager manager = Sandboxes.create(root, 50, 64L << 20);
            CompiledModule spin =
                    manager.load(Guests.publish(root, "spin")).await().atMost(PATIENCE);
            List<Uni<WasmOutcome>> outcomes = new ArrayList<>();
            Thread closer = Thread.ofPlatform().unstarted(manager::close);
            for (int i = 0; i < 200; i++) {
                if (i == 100) {
                    closer.start();
                }
                outcomes.add(manager.start(task(spin)).outcome());
            }

            List<WasmOutcome> ended =
                    Uni.join().all(outcomes).andFailFast().await().atMost(PATIENCE);

            assertThat(ended)
                    .allMatch(outcome -> outcome instanceof Failed failed && failed.code() == TaskErrorCode.CANCELLED);
        }
    }

    @Test
    void shouldShareTwoProcessorsFairlyBetweenAThousandGuests() throws IOException {
        WasmManager manager = Sandboxes.create(root);
        CompiledModule spin = manager.load(Guests.publish(root, "spin")).await().atMost(PATIENCE);
        CompiledModule echo = manager.load(Guests.publish(root, "echo")).await().atMost(PATIENCE);
        try {
            List<WasmExecution> spinning = new ArrayList<>();
            for (int i = 0; i < 900; i++) {
                spinning.add(manager.start(task(spin, Map.of("fuel", 1_000_000_000_000L, "timeout_ms", 600_000L))));
            }

            assertThat(manager.execute(task(echo)).await().atMost(PATIENCE)).isInstanceOf(Completed.class);

            spinning.forEach(WasmExecution::cancel);
            for (WasmExecution execution : spinning) {
                assertThat(execution.outcome().await().atMost(PATIENCE)).isInstanceOf(Failed.class);
            }
        } finally {
            manager.close();
        }
    }
}
