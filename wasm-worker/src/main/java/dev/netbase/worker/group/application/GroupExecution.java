package dev.netbase.worker.group.application;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.Cancellation.Reason;
import dev.netbase.worker.group.application.ConcurrencyLimit.Turn;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult;
import dev.netbase.worker.group.domain.TaskSpec;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
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
    private final TasksInHand inHand;
    private final TaskPreparation preparation;
    private final TaskExecutors executors;
    private final ResultEncoder encoder;
    private final ResultWriter results;
    private final IoThreads io;
    private final WorkerMetrics metrics;
    private final TaskTraces traces;
    private final ConcurrencyLimit limit;
    private volatile Consumer<TaskKey> abandoned = key -> {};

    public GroupExecution(
            TasksInHand inHand,
            TaskPreparation preparation,
            TaskExecutors executors,
            ResultEncoder encoder,
            ResultWriter results,
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
        this.limit = new ConcurrencyLimit(config.concurrency());
    }

    /** How many more tasks could run now. */
    int room() {
        return limit.free();
    }

    /** To be told of tasks that were given up for a lost lease and had never been claimed. */
    void onAbandoned(Consumer<TaskKey> listener) {
        abandoned = listener;
    }

    /** Runs one task that was taken in hand. Returns at once. */
    void start(Hold hold, @Nullable TaskSpec spec, Cancellation cancellation) {
        if (spec == null) {
            end(hold, cancellation, failure(TaskErrorCode.HOST_ERROR, "the task's agent is not in the database"));
        } else {
            queue(hold, spec, cancellation);
        }
    }

    private void queue(Hold hold, TaskSpec spec, Cancellation cancellation) {
        long queuedAt = System.nanoTime();
        Turn turn = limit.enqueue(() -> io.execute(() -> {
            metrics.queued(Duration.ofNanos(System.nanoTime() - queuedAt));
            run(hold, spec, cancellation);
        }));
        cancellation.onRequest(() -> {
            if (turn.withdraw()) {
                end(hold, cancellation, cancelled());
            }
        });
    }

    private void run(Hold hold, TaskSpec spec, Cancellation cancellation) {
        Claim claim = hold.claim();
        long begin = System.nanoTime();
        Uni<TaskOutcome> outcome = cancellation.reason().isPresent()
                ? Uni.createFrom().item(cancelled())
                : Uni.createFrom().deferred(() -> execute(claim, spec, cancellation));
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
                    limit.release();
                    end(hold, cancellation, ended);
                });
    }

    private Uni<TaskOutcome> execute(Claim claim, TaskSpec spec, Cancellation cancellation) {
        return switch (preparation.prepare(claim, spec)) {
            case TaskPreparation.Refused refused -> Uni.createFrom().item(refused.outcome());
            case TaskPreparation.Ready ready -> executors.execute(ready.call(), cancellation);
        };
    }

    private void end(Hold hold, Cancellation cancellation, TaskOutcome outcome) {
        TaskKey key = hold.claim().key();
        if (isSomebodyElses(cancellation, outcome)) {
            inHand.remove(key);
            if (hold.beginClaiming() && cancellation.reason().equals(Optional.of(Reason.LEASE_LOST))) {
                abandoned.accept(key);
            }
            return;
        }
        var _ = hold.atEnd()
                .thenAccept(claim -> claim.ifPresentOrElse(made -> write(made, outcome), () -> inHand.remove(key)));
    }

    private void write(Claim claim, TaskOutcome outcome) {
        var _ = CompletableFuture.supplyAsync(() -> encoder.encode(claim, outcome), io)
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
