package dev.netbase.worker.container;

import dev.netbase.model.json.Json;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.container.DockerHttp.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** One container of a Docker engine: made, attached to, started, watched, and always removed. */
final class DockerRun implements ContainerRun {
    private static final Logger LOG = Logger.getLogger(DockerRun.class);
    private static final int KILLED = 137;
    private static final long KILL_AGAIN_MILLIS = 500;
    private static final int REMOVALS = 5;

    /** How long the engine may take to say that a container has ended whose time is up. */
    private static final Duration MARGIN = Duration.ofSeconds(30);

    private final DockerHttp http;
    private final DockerImages images;
    private final ContainerConfig config;
    private final ContainerTask task;
    private final StderrTail stderr;
    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();

    /** Why it is to end before it does; the first reason holds. */
    private final AtomicReference<@Nullable ContainerFailedException> stop = new AtomicReference<>();

    private final RunClock clock = new RunClock();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private volatile @Nullable String id;
    private volatile boolean ended;

    DockerRun(DockerHttp http, DockerImages images, ContainerConfig config, ContainerTask task) {
        this.http = http;
        this.images = images;
        this.config = config;
        this.task = task;
        this.stderr = new StderrTail(Math.toIntExact(limit(TaskLimit.STDERR_BYTES)));
    }

    @Override
    public byte[] run() throws ContainerFailedException {
        try {
            DockerImages.Image image = image();
            throwIfStopped();
            clock.next();
            String container = create(image);
            id = container;
            try {
                return run(container);
            } finally {
                ended = true;
                remove(container);
            }
        } catch (IOException e) {
            throw failure(e);
        } finally {
            ended = true;
            clock.stop();
        }
    }

    @Override
    public void cancel() {
        stop(TaskErrorCode.CANCELLED, "the task was cancelled");
    }

    @Override
    public byte[] stderr() {
        return stderr.bytes();
    }

    @Override
    public ContainerTimes times() {
        return clock.times();
    }

    /** An image may take minutes: a task that is cancelled does not wait for it, and the next one finds it. */
    private DockerImages.Image image() throws IOException, ContainerFailedException {
        CompletableFuture<DockerImages.Image> ready = new CompletableFuture<>();
        Thread.ofVirtual().name("container-image").start(() -> {
            try {
                ready.complete(images.ready(task.image(), task.assets(), stderr));
            } catch (IOException | ContainerFailedException | RuntimeException e) {
                ready.completeExceptionally(e);
            }
        });
        try {
            var unused = CompletableFuture.anyOf(ready, stopped).get();
            throwIfStopped();
            return ready.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof ContainerFailedException failed) {
                throw failed;
            }
            throw new IOException(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private String create(DockerImages.Image image) throws IOException, ContainerFailedException {
        Map<String, Object> specification = DockerSpecification.of(task, image, config);
        Answer answer = http.call("POST", "/containers/create", specification, config.answerTimeout());
        if (answer.isSuccess()
                && Json.parse(answer.body()) instanceof Map<?, ?> created
                && created.get("Id") instanceof String created_id) {
            return created_id;
        }
        throw new ContainerFailedException(
                answer.status() >= 500 ? TaskErrorCode.HOST_ERROR : TaskErrorCode.INVALID_MODULE,
                "the container cannot be made: " + answer.message());
    }

    private byte[] run(String container) throws IOException, ContainerFailedException {
        ScheduledFuture<?> deadline = null;
        ScheduledFuture<?> watch = null;
        try (DockerStreams streams = DockerStreams.attach(http, container, config.answerTimeout())) {
            throwIfStopped();
            start(container);
            clock.next();
            Duration timeout = Duration.ofMillis(limit(TaskLimit.TIMEOUT_MS));
            deadline = http.timer()
                    .schedule(
                            () -> stop(
                                    TaskErrorCode.TIMEOUT,
                                    "the container ran longer than " + timeout.toMillis() + " ms"),
                            timeout.toMillis(),
                            TimeUnit.MILLISECONDS);
            watch = WorkspaceQuota.watch(http.timer(), task, failure -> stop(failure));
            streams.write(task.input());
            streams.read(new Kept());
            int exitCode = await(container, timeout);
            clock.stop();
            WorkspaceQuota.check(task);
            return outcome(container, exitCode);
        } finally {
            if (deadline != null) {
                deadline.cancel(false);
            }
            if (watch != null) {
                watch.cancel(false);
            }
        }
    }

    private void start(String container) throws IOException, ContainerFailedException {
        Answer answer = http.call("POST", "/containers/" + container + "/start", null, config.answerTimeout());
        if (!answer.isSuccess()) {
            throw new ContainerFailedException(
                    TaskErrorCode.INVALID_MODULE, "the container cannot be started: " + answer.message());
        }
    }

    /** Waits for the end; a container may run on with its streams closed. */
    private int await(String container, Duration timeout) throws IOException {
        Answer answer = http.call("POST", "/containers/" + container + "/wait", null, timeout.plus(MARGIN));
        if (answer.isSuccess()
                && Json.parse(answer.body()) instanceof Map<?, ?> end
                && end.get("StatusCode") instanceof Long code) {
            return code.intValue();
        }
        throw new IOException(answer.message());
    }

    private byte[] outcome(String container, int exitCode) throws IOException, ContainerFailedException {
        throwIfStopped();
        if (exitCode == 0) {
            return stdout.toByteArray();
        }
        if (exitCode == KILLED || wasOutOfMemory(container)) {
            throw new ContainerFailedException(
                    TaskErrorCode.OUT_OF_MEMORY,
                    "the container was killed, as one is that uses more than limits.memory_bytes ("
                            + limit(TaskLimit.MEMORY_BYTES) + ")");
        }
        String words = new String(stderr.bytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
        throw new ContainerFailedException(
                TaskErrorCode.EXIT_CODE, "exit code " + exitCode + (words.isEmpty() ? "" : ": " + words));
    }

    private boolean wasOutOfMemory(String container) throws IOException {
        Answer answer = http.call("GET", "/containers/" + container + "/json", null, config.answerTimeout());
        return answer.isSuccess()
                && Json.parse(answer.body()) instanceof Map<?, ?> found
                && found.get("State") instanceof Map<?, ?> state
                && Boolean.TRUE.equals(state.get("OOMKilled"));
    }

    private void stop(TaskErrorCode code, String message) {
        stop(new ContainerFailedException(code, message));
    }

    private void stop(ContainerFailedException reason) {
        if (stop.compareAndSet(null, reason)) {
            stopped.complete(null);
            Thread.ofVirtual().name("container-stop").start(this::kill);
        }
    }

    /** Kills until it is gone: it may just be starting. */
    private void kill() {
        try {
            while (!ended) {
                String container = id;
                if (container != null) {
                    Answer unused = http.call(
                            "POST", "/containers/" + container + "/kill?signal=KILL", null, config.answerTimeout());
                }
                Thread.sleep(KILL_AGAIN_MILLIS);
            }
        } catch (IOException e) {
            LOG.warnf("a container could not be killed: %s", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The engine may still be busy with it. What remains all the same is removed when a worker starts. */
    private void remove(String container) {
        for (int attempt = 1; ; attempt++) {
            try {
                DockerEngine.remove(http, container, config);
                return;
            } catch (IOException e) {
                if (attempt == REMOVALS) {
                    LOG.errorf("container %s stays behind: %s", container, e.getMessage());
                    return;
                }
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(KILL_AGAIN_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void throwIfStopped() throws ContainerFailedException {
        ContainerFailedException reason = stop.get();
        if (reason != null) {
            throw reason;
        }
    }

    private ContainerFailedException failure(IOException e) {
        ContainerFailedException reason = stop.get();
        return reason == null ? DockerEngine.unreachable(e) : reason;
    }

    private long limit(TaskLimit limit) {
        return task.limits().get(limit);
    }

    /** What the task keeps of what its container writes. */
    private final class Kept implements DockerStreams.Sink {
        @Override
        public void stdout(byte[] buffer, int length) {
            long most = limit(TaskLimit.OUTPUT_BYTES);
            if (stdout.size() + length > most) {
                stop(TaskErrorCode.OUTPUT_TOO_LARGE, "the output is over " + most + " bytes");
            } else {
                stdout.write(buffer, 0, length);
            }
        }

        @Override
        public void stderr(byte[] buffer, int length) {
            stderr.write(buffer, 0, length);
        }
    }
}
