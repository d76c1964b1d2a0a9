package dev.netbase.tools.bench;

import dev.netbase.tools.module.ToolException;
import dev.netbase.worker.wasm.WasmManager;
import dev.netbase.worker.wasm.WasmOutcome;
import dev.netbase.worker.wasm.WasmTask;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Runs one task many times. */
final class Bursts {
    private Bursts() {}

    /** Microseconds an execution, {@code inFlight} at a time: the end of one starts the next. */
    static double perExecution(WasmManager manager, WasmTask task, int executions, int inFlight)
            throws InterruptedException {
        long begin = System.nanoTime();
        new Loop(manager, task, executions, inFlight).run();
        return (System.nanoTime() - begin) / 1e3 / executions;
    }

    /** Times from submission to end of tasks that are all started at once, sorted, in milliseconds. */
    static double[] atOnce(WasmManager manager, WasmTask task, int count) throws InterruptedException {
        double[] times = new double[count];
        CountDownLatch ended = new CountDownLatch(count);
        AtomicReference<@Nullable WasmOutcome> failed = new AtomicReference<>();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            int index = i;
            manager.start(task).outcome().subscribe().with(outcome -> {
                times[index] = (System.nanoTime() - begin) / 1e6;
                if (outcome instanceof WasmOutcome.Failed) {
                    failed.set(outcome);
                }
                ended.countDown();
            });
        }
        ended.await();
        check(failed.get());
        Arrays.sort(times);
        return times;
    }

    private static void check(@Nullable WasmOutcome failed) {
        if (failed != null) {
            throw new ToolException("a guest of the benchmark failed: " + failed);
        }
    }

    private static final class Loop {
        private final WasmManager manager;
        private final WasmTask task;
        private final int inFlight;
        private final AtomicInteger toStart;
        private final CountDownLatch toEnd;
        private final AtomicReference<@Nullable WasmOutcome> failed = new AtomicReference<>();

        Loop(WasmManager manager, WasmTask task, int executions, int inFlight) {
            this.manager = manager;
            this.task = task;
            this.inFlight = inFlight;
            toStart = new AtomicInteger(executions);
            toEnd = new CountDownLatch(executions);
        }

        void run() throws InterruptedException {
            for (int i = 0; i < inFlight; i++) {
                startNext();
            }
            toEnd.await();
            check(failed.get());
        }

        private void startNext() {
            if (toStart.getAndDecrement() > 0) {
                manager.start(task).outcome().subscribe().with(outcome -> {
                    if (outcome instanceof WasmOutcome.Failed) {
                        failed.set(outcome);
                    }
                    toEnd.countDown();
                    startNext();
                });
            }
        }
    }
}
