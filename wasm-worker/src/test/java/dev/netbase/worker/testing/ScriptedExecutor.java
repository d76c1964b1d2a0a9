package dev.netbase.worker.testing;

import dev.netbase.model.task.AgentType;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.Cancellation;
import dev.netbase.worker.group.application.TaskExecutor;
import dev.netbase.worker.group.domain.TaskCall;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskSpec;
import io.smallrye.mutiny.Uni;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Executes as told: gives back its input, or what a test has set, at once or when it is let go. */
public final class ScriptedExecutor implements TaskExecutor {
    private final Map<Long, CompletableFuture<Void>> held = new ConcurrentHashMap<>();
    private final Map<Long, AtomicInteger> executions = new ConcurrentHashMap<>();
    private final Set<Long> cancelled = ConcurrentHashMap.newKeySet();
    private volatile boolean effects = true;
    private volatile Function<TaskCall, TaskOutcome> behaviour = ScriptedExecutor::echo;

    /** What a call comes to. */
    public void answer(Function<TaskCall, TaskOutcome> behaviour) {
        this.behaviour = behaviour;
    }

    /** Makes a task wait until it is let go or cancelled. */
    public void hold(long taskInstanceId) {
        held.put(taskInstanceId, new CompletableFuture<>());
    }

    /** Lets a held task go. */
    public void letGo(long taskInstanceId) {
        held.get(taskInstanceId).complete(null);
    }

    /** Makes tasks such that they may begin before they are claimed. */
    public void haveNoEffects() {
        effects = false;
    }

    @Override
    public boolean hasNoEffects(TaskSpec spec) {
        return !effects;
    }

    /** How often a task was executed. */
    public int executions(long taskInstanceId) {
        AtomicInteger count = executions.get(taskInstanceId);
        return count == null ? 0 : count.get();
    }

    /** How often anything was executed. */
    public int executions() {
        return executions.values().stream().mapToInt(AtomicInteger::get).sum();
    }

    /** Whether a task was stopped while it was held. */
    public boolean wasCancelled(long taskInstanceId) {
        return cancelled.contains(taskInstanceId);
    }

    @Override
    public AgentType type() {
        return AgentType.WASM;
    }

    @Override
    public Uni<TaskOutcome> execute(TaskCall call, Cancellation cancellation) {
        long id = call.key().taskInstanceId();
        executions.computeIfAbsent(id, key -> new AtomicInteger()).incrementAndGet();
        CompletableFuture<TaskOutcome> outcome = new CompletableFuture<>();
        CompletableFuture<Void> gate = held.getOrDefault(id, CompletableFuture.completedFuture(null));
        var _ = gate.thenApply(let -> behaviour.apply(call)).whenComplete((result, e) -> {
            if (e == null) {
                outcome.complete(result);
            } else {
                outcome.completeExceptionally(e);
            }
        });
        cancellation.onRequest(() -> {
            if (outcome.complete(TaskOutcome.Failed.before(TaskErrorCode.CANCELLED, "cancelled"))) {
                cancelled.add(id);
            }
        });
        return Uni.createFrom().completionStage(outcome);
    }

    private static TaskOutcome echo(TaskCall call) {
        return new TaskOutcome.Completed(
                call.input(), "to stderr".getBytes(StandardCharsets.UTF_8), new TaskOutcome.Usage(7, 65_536));
    }
}
