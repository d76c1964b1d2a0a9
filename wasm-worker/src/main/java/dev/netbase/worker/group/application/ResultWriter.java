package dev.netbase.worker.group.application;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.ResultStore.UnstorableException;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskResult;
import io.smallrye.mutiny.Uni;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes results in batches that span groups. A result that comes while nothing is being written goes out at once;
 * those that come meanwhile form the next batch. Where they come densely, each batch waits a moment for more: a statement
 * and a request to Kafka then serve more of them. A result is kept until it is written or fenced off.
 */
@Singleton
public class ResultWriter {
    private static final Logger LOG = Logger.getLogger(ResultWriter.class);
    private static final int BATCH = 1_000;
    /** With so many results in a batch on average, the later ones counting more, the next are worth waiting for. */
    private static final double DENSE = 8;
    /** After so long without a batch they no longer come densely. */
    private static final Duration LULL = Duration.ofMillis(50);

    private static final Duration GATHERING = Duration.ofMillis(4);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(2);
    private final ResultStore store;
    private final TaskEvents events;
    private final TasksInHand inHand;
    private final WorkerMetrics metrics;
    private final HintedResults hints;
    private final Queue<Waiting> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean writing = new AtomicBoolean();
    private final HintedResults.Timer timer;
    private final LongSupplier nanoTime;
    /** This and the next belong to whoever has set {@code writing}. */
    private double resultsPerBatch;

    private long lastBatch;
    private volatile Consumer<List<TaskResult>> unclaimed = results -> {};

    @Inject
    public ResultWriter(
            ResultStore store, TaskEvents events, TaskHints hints, TasksInHand inHand, WorkerMetrics metrics) {
        this(store, events, hints, inHand, metrics, new TimerThread("task-results"), System::nanoTime);
    }

    ResultWriter(
            ResultStore store,
            TaskEvents events,
            TaskHints hints,
            TasksInHand inHand,
            WorkerMetrics metrics,
            HintedResults.Timer timer,
            LongSupplier nanoTime) {
        this.timer = timer;
        this.nanoTime = nanoTime;
        this.store = store;
        this.events = events;
        this.inHand = inHand;
        this.metrics = metrics;
        this.hints = new HintedResults(hints, inHand, metrics, timer, nanoTime, this::lookAfter);
    }

    /** @param hinted whether the scheduler may have written it already */
    private record Waiting(TaskResult result, boolean hinted) {}

    /** To be told of results whose tasks could not be claimed in the statement that was to write them. */
    void onUnclaimed(Consumer<List<TaskResult>> listener) {
        unclaimed = listener;
    }

    /** Takes a result to be written soon. Returns at once. */
    void add(TaskResult result) {
        waiting.add(new Waiting(result, false));
        writeNext();
    }

    /**
     * Takes a result that cannot be written: the scheduler may have done that in the moment between a look and a claim.
     * If so it counts and is told of, else it is dropped. Returns at once.
     */
    void addIfStanding(TaskResult result) {
        store.written(List.of(result))
                .onFailure()
                .retry()
                .withBackOff(FIRST_RETRY, LAST_RETRY)
                .indefinitely()
                .subscribe()
                .with(
                        standing -> {
                            if (standing.isEmpty()) {
                                inHand.remove(result.claim().key());
                            } else {
                                accept(List.of(result));
                            }
                        },
                        e -> LOG.error("whether a result stands was not to be known", e));
    }

    private void lookAfter(List<TaskResult> hinted) {
        hinted.forEach(result -> waiting.add(new Waiting(result, true)));
        writeNext();
    }

    private void writeNext() {
        while (!waiting.isEmpty() && writing.compareAndSet(false, true)) {
            if (areDense()) {
                timer.after(GATHERING, this::writeGathered);
                return;
            }
            if (beginWriting()) {
                return;
            }
        }
    }

    private void writeGathered() {
        if (!beginWriting()) {
            writeNext();
        }
    }

    private boolean areDense() {
        return resultsPerBatch >= DENSE && nanoTime.getAsLong() - lastBatch < LULL.toNanos();
    }

    /**
     * Begins to write what is waiting. If there is nothing, or the scheduler is to write it, the answer is false and others
     * may write. For whoever has set {@code writing}.
     */
    private boolean beginWriting() {
        List<TaskResult> batch = new ArrayList<>();
        boolean hinted = false;
        @Nullable Waiting next;
        while (batch.size() < BATCH && (next = waiting.poll()) != null) {
            batch.add(next.result());
            hinted |= next.hinted();
        }
        if (batch.isEmpty() || (batch.size() == 1 && !hinted && hints.offer(batch.getFirst()))) {
            writing.set(false);
            return false;
        }
        resultsPerBatch = (resultsPerBatch + batch.size()) / 2;
        lastBatch = nanoTime.getAsLong();
        writeUntilDone(batch, hinted).subscribe().with(ignored -> doneWriting(), this::failedForGood);
        return true;
    }

    private void doneWriting() {
        writing.set(false);
        writeNext();
    }

    private void failedForGood(Throwable e) {
        LOG.error("a batch of results was given up; its tasks run again when the lease ends", e);
        doneWriting();
    }

    /** Writes a batch; what the database refuses to store is found by halving and replaced by an error. */
    private Uni<Void> writeUntilDone(List<TaskResult> batch, boolean doubtful) {
        return writeWithRetry(batch, doubtful)
                .onFailure(UnstorableException.class)
                .recoverWithUni(e -> {
                    if (batch.size() == 1) {
                        TaskResult refused = batch.getFirst();
                        TaskLog.about(
                                refused.claim(),
                                () -> LOG.errorf(
                                        e,
                                        "the result of task %s is refused by the database",
                                        refused.claim().key()));
                        return writeWithRetry(
                                List.of(TaskResult.failed(
                                        refused.claim(), TaskErrorCode.HOST_ERROR, "the result could not be stored")),
                                doubtful);
                    }
                    int half = batch.size() / 2;
                    return writeUntilDone(batch.subList(0, half), doubtful)
                            .chain(() -> writeUntilDone(batch.subList(half, batch.size()), doubtful));
                });
    }

    /** @param begunBefore whether some of it may be in the database already */
    private Uni<Void> writeWithRetry(List<TaskResult> batch, boolean begunBefore) {
        AtomicBoolean doubtful = new AtomicBoolean(begunBefore);
        return Uni.createFrom()
                .deferred(() -> attempt(batch, doubtful.get()))
                .onFailure(e -> !(e instanceof UnstorableException))
                .invoke(e -> {
                    doubtful.set(true);
                    LOG.warnf("%d results could not be written and will be again: %s", batch.size(), e.toString());
                })
                .onFailure(e -> !(e instanceof UnstorableException))
                .retry()
                .withBackOff(FIRST_RETRY, LAST_RETRY)
                .indefinitely()
                .invoke(written -> finish(batch, written))
                .replaceWithVoid();
    }

    /**
     * After a failure the batch may be in the database nevertheless, with only the answer lost. And what a scheduler is
     * just writing is seen by neither a look nor a write that waits for its transaction, but by a look after that.
     */
    private Uni<Set<TaskKey>> attempt(List<TaskResult> batch, boolean doubtful) {
        if (!doubtful) {
            return store.write(batch);
        }
        return and(
                store.written(batch).invoke(hints::found), batch, rest -> and(store.write(rest), rest, store::written));
    }

    /** What the first has found, and what the next finds of the rest. */
    private static Uni<Set<TaskKey>> and(
            Uni<Set<TaskKey>> first, List<TaskResult> batch, Function<List<TaskResult>, Uni<Set<TaskKey>>> next) {
        return first.chain(found -> {
            List<TaskResult> rest = batch.stream()
                    .filter(result -> !found.contains(result.claim().key()))
                    .toList();
            return rest.isEmpty()
                    ? Uni.createFrom().item(found)
                    : next.apply(rest).map(more -> union(found, more));
        });
    }

    private void finish(List<TaskResult> batch, Set<TaskKey> written) {
        List<TaskResult> accepted = new ArrayList<>(batch.size());
        List<TaskResult> open = new ArrayList<>();
        int fenced = 0;
        for (TaskResult result : batch) {
            TaskKey key = result.claim().key();
            if (written.contains(key)) {
                accepted.add(result);
            } else if (result.claim().made()) {
                TaskLog.about(
                        result.claim(), () -> LOG.infof("the result of task %s comes too late and is dropped", key));
                inHand.remove(key);
                fenced++;
            } else {
                open.add(result);
            }
        }
        metrics.wrote(batch.size(), fenced);
        accept(accepted);
        if (!open.isEmpty()) {
            unclaimed.accept(open);
        }
    }

    /** These stand in the database. */
    private void accept(List<TaskResult> accepted) {
        accepted.forEach(metrics::outcome);
        events.send(accepted);
        accepted.forEach(result -> inHand.remove(result.claim().key()));
    }

    private static Set<TaskKey> union(Set<TaskKey> one, Set<TaskKey> other) {
        Set<TaskKey> union = new HashSet<>(one);
        union.addAll(other);
        return union;
    }
}
