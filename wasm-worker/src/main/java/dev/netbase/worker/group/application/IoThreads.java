package dev.netbase.worker.group.application;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * The few threads on which tasks are prepared and their outputs encoded: file access and JSON, nothing that waits for
 * a guest. They bound how many large values are taken apart at a time.
 */
@Singleton
public class IoThreads implements Executor {
    private static final int THREADS = Math.max(4, 2 * Runtime.getRuntime().availableProcessors());
    private final ExecutorService threads = Executors.newFixedThreadPool(
            THREADS, Thread.ofPlatform().name("task-io-", 0).daemon().factory());

    @Override
    public void execute(Runnable command) {
        threads.execute(command);
    }

    @PreDestroy
    void close() throws InterruptedException {
        threads.shutdown();
        if (!threads.awaitTermination(1, TimeUnit.SECONDS)) {
            threads.shutdownNow();
        }
    }
}
