package dev.netbase.worker.group.application;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.worker.group.application.Cancellation.Reason;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskResult;
import dev.netbase.worker.group.domain.TaskSpec;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Starts tasks on a record's word, before they are claimed, where nobody can see the difference: the executor promises
 * that the task has no effect but its outcome, and the outcome is written only if the row is PENDING and says just what
 * the record said. Short tasks so need one statement instead of two; for those that take longer the claim is asked for
 * while they run.
 */
@Singleton
public class EarlyStarts {
    /** How long tasks may run unclaimed, and how much longer for each task that began with them. */
    private static final Duration GRACE = Duration.ofMillis(10);

    private static final Duration GRACE_PER_TASK = Duration.ofNanos(100_000);
    private final SpecCache specs;
    private final TaskExecutors executors;
    private final GroupExecution execution;
    private final Claiming claiming;
    private final ClaimedStarts claimedStarts;
    private final TasksInHand inHand;
    private final ResultWriter results;
    private final TaskTraces traces;

    public EarlyStarts(
            SpecCache specs,
            TaskExecutors executors,
            GroupExecution execution,
            Claiming claiming,
            ClaimedStarts claimedStarts,
            TasksInHand inHand,
            ResultWriter results,
            TaskTraces traces) {
        this.specs = specs;
        this.executors = executors;
        this.execution = execution;
        this.claiming = claiming;
        this.claimedStarts = claimedStarts;
        this.inHand = inHand;
        this.results = results;
        this.traces = traces;
        results.onUnclaimed(this::claimWithResults);
        execution.onAbandoned(key -> claiming.untilDecided(Set.of(key), (any, claim) -> startAnew(claim)));
    }

    /**
     * A task that may begin on its record's word.
     *
     * @param claim what the record says of it
     * @param spec the spec that it names, from the cache
     */
    record Hint(Claim claim, TaskSpec spec) {}

    /** What the record says of a task, if the task may begin on its word. */
    Optional<Hint> hint(TaskGroup group, TaskGroup.Task task, Lease lease) {
        if (task.attempt() > 1) {
            // What came to an end badly before is not begun without a claim that says so.
            return Optional.empty();
        }
        if (!(task.inputs() instanceof RawValue raw)
                || !(raw.rawValue() instanceof String inputs)
                || TaskPreparation.blocks(inputs)) {
            return Optional.empty();
        }
        TaskKey key = new TaskKey(group.runId(), task.taskInstanceId(), task.attempt());
        return specs.known(task.specId()).filter(executors::hasNoEffects).map(spec -> {
            Claim claim = Claim.hint(
                    key,
                    group.groupId(),
                    task.hintChannel(),
                    task.index() != null,
                    spec.id(),
                    task.timeoutMs(),
                    inputs,
                    lease);
            return new Hint(claim, spec);
        });
    }

    /** Starts tasks. What it answers completes when for each the database has decided, one way or the other. */
    CompletableFuture<Void> start(List<Hint> hints) {
        traces.begin(hints.stream().map(Hint::claim));
        List<Hold> holds = new ArrayList<>(hints.size());
        List<CompletableFuture<?>> decided = new ArrayList<>(hints.size());
        for (Hint hint : hints) {
            Hold hold = Hold.onWordOf(hint.claim());
            inHand.add(hint.claim()).ifPresent(cancellation -> {
                holds.add(hold);
                decided.add(CompletableFuture.anyOf(
                        hold.answered().toCompletableFuture(),
                        inHand.letGo(hint.claim().key())));
                execution.start(hold, hint.spec(), cancellation);
            });
        }
        if (!holds.isEmpty()) {
            claiming.after(GRACE.plus(GRACE_PER_TASK.multipliedBy(holds.size())), () -> claimRunning(holds));
        }
        return CompletableFuture.allOf(decided.toArray(CompletableFuture[]::new));
    }

    private void claimRunning(List<Hold> holds) {
        Map<TaskKey, Hold> asked = new HashMap<>();
        for (Hold hold : holds) {
            if (hold.beginClaiming()) {
                asked.put(hold.claim().key(), hold);
            }
        }
        if (!asked.isEmpty()) {
            claiming.untilDecided(asked.keySet(), (key, claim) -> decide(asked.get(key), claim));
        }
    }

    private void decide(@Nullable Hold hold, Optional<Claim> claim) {
        if (hold == null) {
            return;
        }
        if (claim.filter(made -> made.saysTheSame(hold.claim())).isPresent()) {
            hold.answer(claim);
            return;
        }
        inHand.letGo(hold.claim().key()).thenRun(() -> startAnew(claim));
        inHand.cancel(hold.claim().key(), Reason.LEASE_LOST);
        hold.answer(Optional.empty());
    }

    /** Results that could not be written because their tasks could not be claimed with them. */
    private void claimWithResults(Collection<TaskResult> unclaimed) {
        Map<TaskKey, TaskResult> asked = new HashMap<>();
        unclaimed.forEach(result -> asked.put(result.claim().key(), result));
        claiming.untilDecided(asked.keySet(), (key, claim) -> {
            TaskResult result = asked.get(key);
            if (result != null
                    && claim.filter(made -> made.saysTheSame(result.claim())).isPresent()) {
                results.add(result.under(claim.get()));
            } else if (result != null && claim.isEmpty() && result.claim().hintChannel() != null) {
                results.addIfStanding(result);
            } else {
                inHand.remove(key);
                startAnew(claim);
            }
        });
    }

    private void startAnew(Optional<Claim> claim) {
        claimedStarts.startLater(claim.stream().toList());
    }
}
