package dev.netbase.worker.group.application;

import dev.netbase.worker.group.application.Cancellation.Reason;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskKey;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The tasks this worker has claimed and not yet reported: waiting, running, or with a result not yet written. */
@Singleton
public class TasksInHand {
    private final Map<TaskKey, Entry> tasks = new ConcurrentHashMap<>();
    private final AtomicLong inputBytes = new AtomicLong();
    private final Object empty = new Object();

    private record Entry(Cancellation cancellation, long inputBytes, CompletableFuture<Void> letGo) {
        Entry(Claim claim) {
            this(new Cancellation(), claim.inputs().length(), new CompletableFuture<>());
        }
    }

    /** Takes a task in hand; empty if it already is. */
    Optional<Cancellation> add(Claim claim) {
        Entry entry = new Entry(claim);
        if (tasks.putIfAbsent(claim.key(), entry) != null) {
            return Optional.empty();
        }
        inputBytes.addAndGet(entry.inputBytes());
        return Optional.of(entry.cancellation());
    }

    /** Lets go of a task: its result is written, or is somebody else's to write. */
    void remove(TaskKey key) {
        Entry entry = tasks.remove(key);
        if (entry != null) {
            inputBytes.addAndGet(-entry.inputBytes());
            entry.letGo().complete(null);
        }
        if (tasks.isEmpty()) {
            synchronized (empty) {
                empty.notifyAll();
            }
        }
    }

    /** Completes when the task is not in hand any more. */
    CompletableFuture<Void> letGo(TaskKey key) {
        Entry entry = tasks.get(key);
        return entry == null ? CompletableFuture.completedFuture(null) : entry.letGo();
    }

    /** Characters of the inputs of all tasks in hand, in which large values are references. */
    public long inputBytes() {
        return inputBytes.get();
    }

    /** Whether this attempt is in hand. */
    public boolean contains(TaskKey key) {
        return tasks.containsKey(key);
    }

    /** How many tasks are in hand. */
    public int count() {
        return tasks.size();
    }

    /** The runs that have tasks in hand. */
    public Set<String> runIds() {
        Set<String> runIds = new HashSet<>();
        tasks.keySet().forEach(key -> runIds.add(key.runId()));
        return runIds;
    }

    /** Asks every task of a run to end, and says how many there were. */
    public int cancelRun(String runId) {
        int cancelled = 0;
        for (Map.Entry<TaskKey, Entry> task : tasks.entrySet()) {
            if (task.getKey().runId().equals(runId)) {
                task.getValue().cancellation().request(Reason.RUN_CANCELLED);
                cancelled++;
            }
        }
        return cancelled;
    }

    /** Asks a task to end, if it is in hand. */
    void cancel(TaskKey key, Reason reason) {
        Entry entry = tasks.get(key);
        if (entry != null) {
            entry.cancellation().request(reason);
        }
    }

    /** Asks every task to end. */
    public void cancelAll(Reason reason) {
        tasks.values().forEach(entry -> entry.cancellation().request(reason));
    }

    /** Asks every task to end whose turn to run has not come, and says which these are. */
    public List<TaskKey> cancelWaiting(Reason reason) {
        List<TaskKey> waiting = new ArrayList<>();
        tasks.forEach((key, entry) -> {
            if (entry.cancellation().requestUnlessBegun(reason)) {
                waiting.add(key);
            }
        });
        return waiting;
    }

    /** Waits until no task is in hand, and says whether that came true in time. */
    public boolean awaitEmpty(Duration atMost) throws InterruptedException {
        long deadline = System.nanoTime() + atMost.toNanos();
        synchronized (empty) {
            while (!tasks.isEmpty()) {
                long left = Duration.ofNanos(deadline - System.nanoTime()).toMillis();
                if (left <= 0) {
                    return false;
                }
                empty.wait(left);
            }
            return true;
        }
    }
}
