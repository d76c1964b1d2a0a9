package dev.netbase.scheduler.run.domain;

import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.RetryPolicy;
import dev.netbase.model.task.TaskErrorCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The scheduler's decision: {@code (state, events, now, ids) -> transition}. A pure function; the same arguments give the
 * same answer. Events that are late, repeated or of an earlier attempt change nothing.
 */
public final class Decider {
    /** With how many lost workers a task may have been alone. */
    public static final int MAX_LONE_DEATHS = 3;

    private final ValueResolver resolver;
    private final Limits limits;

    /**
     * Bounds of one run.
     *
     * @param maxElements the longest list a {@code for_each} runs over
     */
    public record Limits(int maxElements) {
        /** What the contract promises. */
        public static final Limits DEFAULTS = new Limits(10_000);
    }

    public Decider(ValueResolver resolver, Limits limits) {
        this.resolver = resolver;
        this.limits = limits;
    }

    /**
     * What follows from the events, taken in order.
     *
     * @param now the time, for retries
     * @param taskIds gives ids for new tasks, each greater than the one before
     */
    public Transition decide(RunState state, List<RunEvent> events, Instant now, LongSupplier taskIds) {
        RunDraft draft = new RunDraft(state, resolver, limits, taskIds);
        if (!state.status().isTerminal()) {
            events.forEach(event -> take(draft, event, now));
            draft.settle();
        }
        return draft.transition();
    }

    private static void take(RunDraft draft, RunEvent event, Instant now) {
        switch (event) {
            case RunEvent.Start() -> draft.start();
            case RunEvent.TaskCompleted(long taskId, int attempt, Object output, Object artifacts) ->
                draft.open(taskId, attempt)
                        .ifPresent(place -> draft.update(place, place.task().completed(output, artifacts)));
            case RunEvent.TaskFailed(long taskId, int attempt, TaskFailure failure) ->
                draft.open(taskId, attempt).ifPresent(place -> fail(draft, place, failure, now));
            case RunEvent.TaskLost(long taskId, int attempt, RunEvent.Suspicion suspicion) ->
                draft.open(taskId, attempt).ifPresent(place -> lose(draft, place, suspicion));
            case RunEvent.RetryDue(long taskId) -> draft.retrying(taskId).ifPresent(place -> retry(draft, place, now));
            case RunEvent.CancelRequested() -> draft.cancel();
            case RunEvent.Resumed() -> draft.resume();
        }
    }

    private static void fail(RunDraft draft, RunDraft.Place place, TaskFailure failure, Instant now) {
        if (failure.code() == TaskErrorCode.CANCELLED) {
            draft.update(place, place.task().ended(TaskProgress.Status.CANCELLED, failure));
            return;
        }
        Optional<Instant> retryAt = draft.cancelling()
                ? Optional.empty()
                : retryAt(draft.definition(place), place.task(), failure.code(), now);
        if (retryAt.isPresent()) {
            draft.update(place, place.task().retrying(failure, retryAt.get()));
            draft.record(new RunChange.RetryScheduled(place.task().id(), retryAt.get()));
        } else {
            draft.update(place, place.task().ended(TaskProgress.Status.FAILED, failure));
        }
    }

    /**
     * When a task that failed is tried again, or empty if it is not. The wait varies by up to a quarter, by task and
     * attempt, so that what failed together does not come back together.
     *
     * @param failedAt when the attempt ended
     */
    static Optional<Instant> retryAt(NodeDefinition node, TaskProgress task, TaskErrorCode code, Instant failedAt) {
        RetryPolicy policy = node.retry();
        if (code == TaskErrorCode.WORKER_LOST) {
            return Optional.empty();
        }
        if (!policy.allows(task.failures(), code)) {
            return Optional.empty();
        }
        Duration wait = policy.waitAfter(task.failures());
        long spread = Long.remainderUnsigned((task.id() * 31 + task.attempt()) * 0x9E3779B97F4A7C15L, 1_000);
        return Optional.of(failedAt.plus(wait).minusMillis(wait.toMillis() * spread / 4_000));
    }

    /**
     * A lost attempt is no try of the task's, so it runs again. One that was alone with so many dead workers is what
     * kills them, and costs no more.
     */
    private static void lose(RunDraft draft, RunDraft.Place place, RunEvent.Suspicion suspicion) {
        if (draft.cancelling()) {
            TaskFailure failure = new TaskFailure(TaskErrorCode.CANCELLED, "cancelled; its worker was lost");
            draft.update(place, place.task().ended(TaskProgress.Status.CANCELLED, failure));
            draft.record(
                    new RunChange.RetryCancelled(place.task().id(), place.task().attempt()));
            return;
        }
        TaskProgress suspected = place.task().suspected(suspicion);
        if (suspected.loneDeaths() >= MAX_LONE_DEATHS) {
            TaskFailure failure = new TaskFailure(
                    TaskErrorCode.WORKER_LOST,
                    MAX_LONE_DEATHS + " workers were lost while they ran nothing but this task");
            draft.update(place, suspected.ended(TaskProgress.Status.FAILED, failure));
            draft.record(new RunChange.TaskGivenUp(suspected.id(), suspected.attempt(), failure));
        } else {
            draft.redispatch(place, suspicion);
        }
    }

    private static void retry(RunDraft draft, RunDraft.Place place, Instant now) {
        Instant due = place.task().retryAt();
        if (due != null && !due.isAfter(now)) {
            draft.redispatch(place, null);
        }
    }
}
