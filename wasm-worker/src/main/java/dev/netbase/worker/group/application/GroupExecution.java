package dev.netbase.worker.group.application;

import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.limits.TaskLimits;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.Cancellation.Reason;
import dev.netbase.worker.group.application.FairQueue.Turn;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult;
import dev.netbase.worker.group.domain.TaskResult.Accounts;
import dev.netbase.worker.group.domain.TaskSpec;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs claimed tasks, all at once up to the limit of concurrency, and hands each result to the {@link ResultWriter} as
 * it comes. Whatever happens to one task, the others and the worker go on.
 */
@Singleton
public class GroupExecution {
    private static final Logger LOG = Logger.getLogger(GroupExecution.class);
    /** How many workers have died with a task before it runs with nothing else. */
    private static final int DEATHS_OF_A_SUSPECT = 3;

    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(2);

    private final TasksInHand inHand;
    private final TaskPreparation preparation;
    private final TaskExecutors executors;
    private final ResultEncoder encoder;
    private final ResultWriter results;
    private final IoThreads io;
    private final WorkerMetrics metrics;
    private final ClaimStore claims;
    private final FairQueue turns;
    private final TaskTraces traces;
    private volatile Consumer<TaskKey> abandoned = key -> {};

    public GroupExecution(
            TasksInHand inHand,
            TaskPreparation preparation,
            TaskExecutors executors,
            ResultEncoder encoder,
            ResultWriter results,
            ClaimStore claims,
            IoThreads io,
            WorkerMetrics metrics,
            TaskTraces traces,
            WorkerConfig config) {
        this.inHand = inHand;
        this.preparation = preparation;
        this.executors = executors;
        this.encoder = encoder;
        this.results = results;
        this.io = io;
        this.metrics = metrics;
        this.traces = traces;
        this.claims = claims;
        this.turns = new FairQueue(new FairQueue.Bounds(
                config.concurrency(),
                config.maxGuestMemory().asLongValue(),
                config.maxInputs().asLongValue()));
        metrics.turns(turns);
    }

    /** How many more tasks could run now. */
    int room() {
        return turns.free();
    }

    /** To be told of tasks that were given up for a lost lease and had never been claimed. */
    void onAbandoned(Consumer<TaskKey> listener) {
        abandoned = listener;
    }

    /** Runs one task that was taken in hand. Returns at once. */
    void start(Hold hold, @Nullable TaskSpec spec, Cancellation cancellation) {
        if (spec == null) {
            TaskOutcome missing = failure(TaskErrorCode.HOST_ERROR, "the task's agent is not in the database");
            end(hold, cancellation, missing, Accounts.NONE);
        } else {
            queue(hold, spec, cancellation);
        }
    }

    private void queue(Hold hold, TaskSpec spec, Cancellation cancellation) {
        long queuedAt = System.nanoTime();
        Meter meter = new Meter(hold.claim());
        CompletableFuture<Turn> place = new CompletableFuture<>();
        Turn turn = turns.enqueue(need(hold.claim(), spec), () -> {
            metrics.queued(Duration.ofNanos(System.nanoTime() - queuedAt));
            // A turn that comes at once is still this thread's; a later one comes to a thread with other things to do.
            Executor where = hold.isOnWord() && !place.isDone() ? Runnable::run : io;
            var _ = place.thenAcceptAsync(mine -> begin(hold, spec, cancellation, meter, mine), where);
        });
        place.complete(turn);
        cancellation.onRequest(() -> {
            if (turn.withdraw()) {
                end(hold, cancellation, cancelled(), meter.accounts(cancelled()));
            }
        });
    }

    private FairQueue.Need need(Claim claim, TaskSpec spec) {
        TaskLimits limits = preparation.limits(spec);
        return new FairQueue.Need(
                claim.origin().ownerId(),
                claim.key().runId(),
                limits.get(TaskLimit.MEMORY_BYTES),
                TaskPreparation.inputBytesAtMost(claim, limits),
                isSuspect(claim));
    }

    /** With so many dead workers a task was that it must be known whether it is what kills them. */
    private static boolean isSuspect(Claim claim) {
        return claim.origin().deaths() >= DEATHS_OF_A_SUSPECT;
    }

    private void begin(Hold hold, TaskSpec spec, Cancellation cancellation, Meter meter, Turn turn) {
        cancellation.begins();
        Claim claim = hold.claim();
        if (!isSuspect(claim)) {
            run(hold, spec, cancellation, meter, turn);
            return;
        }
        // Until its result is written the row says that it is alone, so it must be.
        var _ = inHand.letGo(claim.key()).thenRun(turn::release);
        Uni.createFrom()
                .deferred(() -> claims.markAlone(claim))
                .onFailure()
                .invoke(e -> TaskLog.about(
                        claim,
                        () -> LOG.warnf(
                                "task %s, which is suspected, could not be marked and will be: %s",
                                claim.key(), e.toString())))
                .onFailure()
                .retry()
                .withBackOff(FIRST_RETRY, LAST_RETRY)
                .indefinitely()
                .emitOn(io)
                .subscribe()
                .with(marked -> {
                    if (marked) {
                        run(hold, spec, cancellation, meter, turn);
                    } else {
                        inHand.remove(claim.key());
                    }
                });
    }

    private void run(Hold hold, TaskSpec spec, Cancellation cancellation, Meter meter, Turn turn) {
        Claim claim = hold.claim();
        meter.begins();
        long begin = System.nanoTime();
        Uni<TaskOutcome> outcome = cancellation.reason().isPresent()
                ? Uni.createFrom().item(cancelled())
                : Uni.createFrom().deferred(() -> execute(claim, spec, cancellation, meter, turn));
        outcome.onItem()
                .ifNull()
                .failWith(() -> new IllegalStateException("no outcome"))
                .onFailure()
                .recoverWithItem(e -> {
                    TaskLog.about(
                            claim,
                            () -> LOG.errorf(
                                    e, "task %s of group %s could not be executed", claim.key(), claim.groupId()));
                    return failure(TaskErrorCode.HOST_ERROR, "the worker could not execute the task");
                })
                .subscribe()
                .with(ended -> {
                    metrics.executed(Duration.ofNanos(System.nanoTime() - begin));
                    if (traces.of(hold.claim().groupId()) != null) {
                        traces.executed(hold.claim(), Instant.now().minusNanos(System.nanoTime() - begin), ended);
                    }
                    if (!isSuspect(claim)) {
                        turn.release();
                    }
                    end(hold, cancellation, ended, meter.accounts(ended));
                });
    }

    private Uni<TaskOutcome> execute(Claim claim, TaskSpec spec, Cancellation cancellation, Meter meter, Turn turn) {
        return switch (preparation.prepare(claim, spec)) {
            case TaskPreparation.Refused refused -> Uni.createFrom().item(refused.outcome());
            case TaskPreparation.Ready ready -> {
                meter.executes(ready.call());
                turn.inputIs(ready.call().input().length);
                yield executors.execute(ready.call(), cancellation);
            }
        };
    }

    private void end(Hold hold, Cancellation cancellation, TaskOutcome outcome, Accounts accounts) {
        TaskKey key = hold.claim().key();
        if (isSomebodyElses(cancellation, outcome)) {
            inHand.remove(key);
            if (hold.beginClaiming() && cancellation.reason().equals(Optional.of(Reason.LEASE_LOST))) {
                abandoned.accept(key);
            }
            return;
        }
        var _ = hold.atEnd()
                .thenAccept(claim ->
                        claim.ifPresentOrElse(made -> write(made, outcome, accounts), () -> inHand.remove(key)));
    }

    private void write(Claim claim, TaskOutcome outcome, Accounts accounts) {
        Executor where = ResultEncoder.isQuick(outcome) ? Runnable::run : io;
        var _ = CompletableFuture.supplyAsync(() -> encoder.encode(claim, outcome, accounts), where)
                .exceptionally(e -> {
                    TaskLog.about(
                            claim, () -> LOG.errorf(e, "the outcome of task %s could not be encoded", claim.key()));
                    return TaskResult.failed(claim, TaskErrorCode.HOST_ERROR, "the output could not be encoded");
                })
                .thenAccept(results::add);
    }

    /** A task that was stopped because it is, or will be, another worker's has not ended: nothing is written. */
    private static boolean isSomebodyElses(Cancellation cancellation, TaskOutcome outcome) {
        boolean stopped = outcome instanceof TaskOutcome.Failed failed && failed.code() == TaskErrorCode.CANCELLED;
        return stopped
                && cancellation
                        .reason()
                        .filter(reason -> reason != Reason.RUN_CANCELLED)
                        .isPresent();
    }

    private static TaskOutcome cancelled() {
        return failure(TaskErrorCode.CANCELLED, "the task was cancelled");
    }

    private static TaskOutcome failure(TaskErrorCode code, String message) {
        return TaskOutcome.Failed.before(code, message);
    }
}
