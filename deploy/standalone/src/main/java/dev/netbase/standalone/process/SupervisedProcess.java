package dev.netbase.standalone.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps one child process alive, on a thread of its own, until it is stopped. */
public final class SupervisedProcess {
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration KILL_TAKES_AT_MOST = Duration.ofSeconds(2);
    private static final int EXIT_WHEN_NOT_STARTED = 127;

    private final ProcessSpec spec;
    private final RestartPolicy policy;
    private final ProcessListener listener;
    private final Launcher launcher;
    private final CompletableFuture<Void> firstReady = new CompletableFuture<>();
    private final CountDownLatch stopRequested = new CountDownLatch(1);
    private final Thread keeper;

    /** Guarded by {@code this}, like the decision to launch. */
    private @Nullable Process current;

    /** @param records an existing directory for the pid of the child, see {@link Guardian} */
    public SupervisedProcess(ProcessSpec spec, RestartPolicy policy, Path records, ProcessListener listener) {
        this.spec = spec;
        this.policy = policy;
        this.listener = listener;
        this.launcher = new Launcher(records);
        this.keeper = Thread.ofPlatform().name("keep-" + spec.name()).unstarted(this::keepAlive);
    }

    /** Starts the process, and keeps it. To be called once; after {@link #stop} it does nothing. */
    public synchronized void start() {
        if (!isStopping()) {
            keeper.start();
        }
    }

    public String name() {
        return spec.name();
    }

    /** Completes when the process is ready for the first time; never, if it is stopped before. */
    public CompletableFuture<Void> ready() {
        return firstReady;
    }

    /** The pid of the child that runs now. */
    public synchronized OptionalLong pid() {
        return current == null || !current.isAlive() ? OptionalLong.empty() : OptionalLong.of(current.pid());
    }

    /** Asks the process to end and waits; what is still there after {@code grace}, or what it left behind, is killed. */
    public void stop(Duration grace) {
        stopRequested.countDown();
        Process process;
        synchronized (this) {
            process = current;
        }
        if (process != null) {
            List<ProcessHandle> descendants = process.descendants().toList();
            end(process, grace);
            descendants.forEach(ProcessHandle::destroyForcibly);
        }
        launcher.forget(spec);
    }

    private void end(Process process, Duration grace) {
        try {
            spec.stopSignal().send(process.toHandle());
            if (!process.waitFor(grace.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly();
                process.waitFor(KILL_TAKES_AT_MOST.toMillis(), TimeUnit.MILLISECONDS);
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    private void keepAlive() {
        int earlyExits = 0;
        while (true) {
            int exitCode = EXIT_WHEN_NOT_STARTED;
            boolean wasReady = false;
            try {
                Process process = launch();
                if (process == null) {
                    return;
                }
                wasReady = awaitReadyOrExit(process);
                exitCode = process.waitFor();
            } catch (IOException e) {
                // Counts as an early exit: the program itself is missing, or the system is out of processes.
            } catch (InterruptedException e) {
                return;
            }
            earlyExits = wasReady ? 0 : earlyExits + 1;
            if (pause(exitCode, earlyExits)) {
                return;
            }
        }
    }

    /** Tells the listener and waits; true if the process is to be stopped instead of started again. */
    private boolean pause(int exitCode, int earlyExits) {
        if (isStopping()) {
            return true;
        }
        launcher.forget(spec);
        if (policy.isFailing(earlyExits)) {
            listener.failing(spec, earlyExits);
        }
        Duration pause = policy.pauseAfter(earlyExits);
        listener.restarting(spec, exitCode, pause);
        try {
            return stopRequested.await(pause.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            return true;
        }
    }

    private synchronized @Nullable Process launch() throws IOException {
        if (isStopping()) {
            return null;
        }
        Process process = launcher.launch(spec);
        current = process;
        return process;
    }

    private boolean awaitReadyOrExit(Process process) throws InterruptedException {
        do {
            if (isReady() && process.isAlive()) {
                firstReady.complete(null);
                return true;
            }
        } while (!process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS));
        return false;
    }

    private boolean isReady() {
        try {
            return spec.readiness().isReady();
        } catch (Exception e) {
            return false;
        }
    }

    private boolean isStopping() {
        return stopRequested.getCount() == 0;
    }
}
