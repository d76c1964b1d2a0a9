package dev.netbase.scheduler.run.domain;

import dev.netbase.scheduler.run.domain.RunChange.TaskRedispatched.Reason;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a run while a decision about it is being made. What is to be dispatched again, now or later, is settled
 * last: what stops in the same decision is not.
 */
final class TaskBook {
    private final Map<String, NodeProgress> nodes;
    private final Map<String, @Nullable TaskProgress[]> touched = new LinkedHashMap<>();
    private final Map<Long, RunChange.TaskRedispatched> redispatched = new LinkedHashMap<>();
    private final Map<Long, RunChange.RetryScheduled> scheduled = new LinkedHashMap<>();

    /** A task within its node. */
    record Place(String node, int index, TaskProgress task) {}

    /**
     * @param nodes the run's nodes, which the book changes
     */
    TaskBook(Map<String, NodeProgress> nodes) {
        this.nodes = nodes;
    }

    /** The task, if it is open in this attempt. */
    Optional<Place> open(long taskId, int attempt) {
        return find(taskId)
                .filter(place -> place.task().status() == TaskProgress.Status.OPEN)
                .filter(place -> place.task().attempt() == attempt);
    }

    /** The task, if it waits for its next attempt, and its row says so. */
    Optional<Place> retrying(long taskId) {
        return find(taskId)
                .filter(place -> place.task().status() == TaskProgress.Status.RETRYING)
                .filter(place -> !scheduled.containsKey(taskId));
    }

    private Optional<Place> find(long taskId) {
        for (Map.Entry<String, NodeProgress> entry : nodes.entrySet()) {
            NodeProgress node = entry.getValue();
            if (node.status().isUnderWay()) {
                int place = node.place(taskId);
                if (place >= 0) {
                    return Optional.of(place(entry.getKey(), place));
                }
            }
        }
        return Optional.empty();
    }

    /** The task at this place of a node, as it is now. */
    Place place(String key, int index) {
        @Nullable TaskProgress[] changed = touched.get(key);
        TaskProgress task = changed == null ? null : changed[index];
        return new Place(key, index, task == null ? node(key).tasks().get(index) : task);
    }

    private NodeProgress node(String key) {
        return Objects.requireNonNull(nodes.get(key));
    }

    void update(Place place, TaskProgress task) {
        touch(place.node())[place.index()] = task;
    }

    /** Has the node looked at when the decision is settled. */
    @Nullable
    TaskProgress[] touch(String key) {
        int size = node(key).tasks().size();
        return touched.computeIfAbsent(key, any -> new TaskProgress[size]);
    }

    void redispatch(Place place, Reason reason) {
        TaskProgress task = place.task();
        update(place, task.reopened(reason));
        redispatched.put(task.id(), new RunChange.TaskRedispatched(place.node(), task.id(), task.attempt(), reason));
    }

    void retryLater(Place place, TaskFailure failure, Instant at) {
        TaskProgress task = place.task();
        update(place, task.retrying(failure, at));
        scheduled.put(task.id(), new RunChange.RetryScheduled(task.id(), task.attempt(), at));
    }

    /** Ends the tasks of a node that nobody has in hand: those that wait, or were about to run again. */
    List<RunChange> stop(String key, TaskFailure why) {
        List<RunChange> changes = new ArrayList<>();
        for (int i = 0; i < node(key).tasks().size(); i++) {
            Place place = place(key, i);
            TaskProgress task = place.task();
            RunChange.TaskRedispatched again = redispatched.remove(task.id());
            if (scheduled.remove(task.id()) != null) {
                // Its row says that it failed, and may as well go on to say so.
                update(place, task.ended(TaskProgress.Status.FAILED, task.failure()));
            } else if (task.status() == TaskProgress.Status.RETRYING || again != null) {
                update(place, task.ended(TaskProgress.Status.CANCELLED, why));
                if (again != null && again.reason() == Reason.LOST) {
                    changes.add(new RunChange.LostTaskCancelled(task.id(), again.attempt()));
                }
            }
        }
        return changes;
    }

    /** Applies what has been noted to the nodes; answers those that were touched. */
    Set<String> apply() {
        Set<String> keys = new LinkedHashSet<>(touched.keySet());
        touched.forEach((key, changed) -> nodes.put(key, node(key).with(changed)));
        touched.clear();
        return keys;
    }

    /** The dispatches that remain. */
    List<RunChange> dispatches() {
        List<RunChange> changes = new ArrayList<>(redispatched.values());
        changes.addAll(scheduled.values());
        return changes;
    }
}
