package dev.netbase.worker.group.application;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.application.ResultStore.UnstorableException;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskResult;
import io.smallrye.mutiny.Uni;
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
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Writes results in batches that span groups. A result that comes while nothing is being written goes out at once;
 * those that come meanwhile form the next batch. A result is kept until it is written or fenced off.
 */
@Singleton
public class ResultWriter {
    private static final Logger LOG = Logger.getLogger(ResultWriter.class);
    private static final int BATCH = 1_000;
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(2);
    private final ResultStore store;
    private final TaskEvents events;
    private final TasksInHand inHand;
    private final WorkerMetrics metrics;
    private final Queue<TaskResult> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean writing = new AtomicBoolean();
    private volatile Consumer<List<TaskResult>> unclaimed = results -> {};

    public ResultWriter(ResultStore store, TaskEvents events, TasksInHand inHand, WorkerMetrics metrics) {
        this.store = store;
        this.events = events;
        this.inHand = inHand;
        this.metrics = metrics;
    }

    /** To be told of results whose tasks could not be claimed in the statement that was to write them. */
    void onUnclaimed(Consumer<List<TaskResult>> listener) {
        unclaimed = listener;
    }

    /** Takes a result to be written soon. Returns at once. */
    void add(TaskResult result) {
        waiting.add(result);
        writeNext();
    }

    private void writeNext() {
        while (!waiting.isEmpty() && writing.compareAndSet(false, true)) {
            List<TaskResult> batch = new ArrayList<>();
            @Nullable TaskResult next;
            while (batch.size() < BATCH && (next = waiting.poll()) != null) {
                batch.add(next);
            }
            if (!batch.isEmpty()) {
                writeUntilDone(batch).subscribe().with(ignored -> doneWriting(), this::failedForGood);
                return;
            }
            writing.set(false);
        }
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
    private Uni<Void> writeUntilDone(List<TaskResult> batch) {
        return writeWithRetry(batch).onFailure(UnstorableException.class).recoverWithUni(e -> {
            if (batch.size() == 1) {
                TaskResult refused = batch.getFirst();
                TaskLog.about(
                        refused.claim(),
                        () -> LOG.errorf(
                                e,
                                "the result of task %s is refused by the database",
                                refused.claim().key()));
                return writeWithRetry(List.of(TaskResult.failed(
                        refused.claim(), TaskErrorCode.HOST_ERROR, "the result could not be stored")));
            }
            int half = batch.size() / 2;
            return writeUntilDone(batch.subList(0, half))
                    .chain(() -> writeUntilDone(batch.subList(half, batch.size())));
        });
    }

    private Uni<Void> writeWithRetry(List<TaskResult> batch) {
        AtomicBoolean doubtful = new AtomicBoolean();
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

    /** After a failure the batch may be in the database nevertheless, with only the answer lost. */
    private Uni<Set<TaskKey>> attempt(List<TaskResult> batch, boolean doubtful) {
        if (!doubtful) {
            return store.write(batch);
        }
        return store.written(batch).chain(before -> {
            List<TaskResult> rest = batch.stream()
                    .filter(result -> !before.contains(result.claim().key()))
                    .toList();
            return rest.isEmpty()
                    ? Uni.createFrom().item(before)
                    : store.write(rest).map(now -> union(before, now));
        });
    }

    private void finish(List<TaskResult> batch, Set<TaskKey> written) {
        List<TaskResult> accepted = new ArrayList<>(batch.size());
        List<TaskResult> open = new ArrayList<>();
        int fenced = 0;
        for (TaskResult result : batch) {
            TaskKey key = result.claim().key();
            if (written.contains(key)) {
                metrics.outcome(result);
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
        events.send(accepted);
        accepted.forEach(result -> inHand.remove(result.claim().key()));
        if (!open.isEmpty()) {
            unclaimed.accept(open);
        }
    }

    private static Set<TaskKey> union(Set<TaskKey> one, Set<TaskKey> other) {
        Set<TaskKey> union = new HashSet<>(one);
        union.addAll(other);
        return union;
    }
}
