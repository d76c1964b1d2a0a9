package dev.netbase.scheduler.run.domain;

import dev.netbase.model.definition.NodeDefinition;
import dev.netbase.model.definition.RetryPolicy;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.scheduler.run.domain.RunChange.TaskRedispatched.Reason;
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
     * @param maxTasks how many tasks it has at most when a {@code for_each} begins, with those that this makes
     * @param maxInputBytes about how many bytes of memory the inputs of a node's tasks take together
     * @param maxDepth how many runs may be above one
     */
    public record Limits(int maxElements, int maxTasks, long maxInputBytes, int maxDepth) {
        /** What the contract promises, and what holds unless an operator says otherwise. */
        public static final Limits DEFAULTS = new Limits(10_000, 100_000, 64L << 20, 8);
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
        TaskBook tasks = draft.tasks();
        switch (event) {
            case RunEvent.Start() -> draft.start(now);
            case RunEvent.TaskCompleted(long taskId, int attempt, Object output, Object artifacts) ->
                tasks.open(taskId, attempt)
                        .ifPresent(place -> tasks.update(place, place.task().completed(output, artifacts)));
            case RunEvent.TaskFailed(long taskId, int attempt, TaskFailure failure) ->
                tasks.open(taskId, attempt).ifPresent(place -> fail(draft, place, failure, now));
            case RunEvent.TaskLost(long taskId, int attempt, RunEvent.Suspicion suspicion) ->
                tasks.open(taskId, attempt).ifPresent(place -> lose(draft, place, suspicion));
            case RunEvent.RetryDue(long taskId) -> tasks.retrying(taskId).ifPresent(place -> retry(tasks, place, now));
            case RunEvent.TimeoutDue() -> draft.timeOut(now);
            case RunEvent.Resumed() -> draft.resume(now);
        }
    }

    private static void fail(RunDraft draft, TaskBook.Place place, TaskFailure failure, Instant now) {
        if (failure.code() == TaskErrorCode.CANCELLED) {
            draft.tasks().update(place, place.task().ended(TaskProgress.Status.CANCELLED, failure));
            if (!draft.isStopping(place)) {
                // Workers stop tasks only of runs that are being cancelled: this one is, and nobody has said so yet.
                draft.stop(Stop.CANCELLED);
            }
            return;
        }
        Optional<Instant> retryAt = draft.isStopping(place)
                ? Optional.empty()
                : retryAt(draft.definition(place), place.task(), failure.code(), now);
        if (retryAt.isPresent()) {
            draft.tasks().retryLater(place, failure, retryAt.get());
        } else {
            draft.tasks().update(place, place.task().ended(TaskProgress.Status.FAILED, failure));
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
    private static void lose(RunDraft draft, TaskBook.Place place, RunEvent.Suspicion suspicion) {
        if (draft.isStopping(place)) {
            TaskFailure failure = new TaskFailure(TaskErrorCode.CANCELLED, "cancelled; its worker was lost");
            draft.tasks().update(place, place.task().ended(TaskProgress.Status.CANCELLED, failure));
            draft.record(new RunChange.LostTaskCancelled(
                    place.task().id(), place.task().attempt()));
            return;
        }
        Reason reason = Reason.of(suspicion);
        TaskProgress suspected = place.task().suspected(reason);
        if (suspected.loneDeaths() >= MAX_LONE_DEATHS) {
            TaskFailure failure = new TaskFailure(
                    TaskErrorCode.WORKER_LOST,
                    MAX_LONE_DEATHS + " workers were lost while they ran nothing but this task");
            draft.tasks().update(place, suspected.ended(TaskProgress.Status.FAILED, failure));
            draft.record(new RunChange.TaskGivenUp(suspected.id(), suspected.attempt(), failure));
        } else {
            draft.tasks().redispatch(place, reason);
        }
    }

    private static void retry(TaskBook tasks, TaskBook.Place place, Instant now) {
        Instant due = place.task().retryAt();
        if (due != null && !due.isAfter(now)) {
            tasks.redispatch(place, Reason.WAITED);
        }
    }
}
