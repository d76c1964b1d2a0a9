package dev.netbase.worker.testing;

import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.task.AgentType;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.group.application.TaskExecutor;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskSpec;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** Calls of published files, as group execution makes them. */
public final class TestCalls {
    private static final String NANOID = "calls-123456";
    private final Path modulesRoot;
    private final AtomicLong next = new AtomicLong(1);

    public TestCalls(Path modulesRoot) {
        this.modulesRoot = modulesRoot;
    }

    /** A call of a file with this content, with a version of its own. */
    public TaskCall call(AgentType type, String name, String content, String config, String input) {
        long id = next.getAndIncrement();
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        TaskSpec.AssetFile file =
                new TaskSpec.AssetFile(NANOID, "1.0." + id, id, name, Sha256.hex(bytes), bytes.length);
        try {
            Files.createDirectories(file.path(modulesRoot).getParent());
            Files.write(file.path(modulesRoot), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        TaskSpec spec = new TaskSpec(id, type, Json.parseObject(config), file);
        return new TaskCall(
                new TaskKey("run", id, 1),
                "group-" + id,
                spec,
                LimitCaps.defaults().resolve(spec.config()),
                input.getBytes(StandardCharsets.UTF_8));
    }

    /** What the execution of a call comes to. */
    public static TaskOutcome run(TaskExecutor executor, TaskCall call) {
        return executor.execute(call, new Cancellation()).await().atMost(Duration.ofSeconds(60));
    }

    /** What the execution of a call will come to. */
    public static CompletableFuture<TaskOutcome> start(
            TaskExecutor executor, TaskCall call, Cancellation cancellation) {
        return executor.execute(call, cancellation).subscribeAsCompletionStage();
    }
}
