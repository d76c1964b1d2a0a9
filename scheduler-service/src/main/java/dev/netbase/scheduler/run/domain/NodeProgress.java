package dev.netbase.scheduler.run.domain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A node as its run sees it. Immutable.
 *
 * @param tasks its tasks by ascending id; empty until it is dispatched, and for a node that ended without any
 * @param open how many of the tasks have not ended
 * @param output null unless it completed
 * @param failure why it failed or was cancelled; null otherwise
 * @param bytes about how much memory the tasks take
 */
public record NodeProgress(
        Status status,
        List<TaskProgress> tasks,
        int open,
        @Nullable Object output,
        @Nullable TaskFailure failure,
        long bytes) {

    /** Where a node stands. */
    public enum Status {
        WAITING,
        DISPATCHED,
        /** Dispatched; an element has failed for good and the others are being stopped. */
        STOPPING,
        COMPLETED,
        FAILED,
        CANCELLED,
        SKIPPED;

        /** Whether nothing more happens to the node. */
        public boolean isEnded() {
            return switch (this) {
                case WAITING, DISPATCHED, STOPPING -> false;
                case COMPLETED, FAILED, CANCELLED, SKIPPED -> true;
            };
        }

        /** Whether its tasks tell how it goes on. */
        boolean isUnderWay() {
            return this == DISPATCHED || this == STOPPING;
        }

        /** Whether nodes that depend on it may start. */
        boolean letsDependentsStart() {
            return this == COMPLETED || this == SKIPPED;
        }
    }

    /** A node of which nothing has been decided. */
    public static final NodeProgress WAITING = new NodeProgress(Status.WAITING, List.of(), 0, null, null, 0);

    static NodeProgress dispatched(List<TaskProgress> tasks) {
        int open = (int) tasks.stream().filter(task -> !task.status().isEnded()).count();
        long bytes = tasks.stream().mapToLong(TaskProgress::bytes).sum();
        return new NodeProgress(Status.DISPATCHED, List.copyOf(tasks), open, null, null, bytes);
    }

    /** The same node, stopping or not. */
    NodeProgress in(Status underWay) {
        return new NodeProgress(underWay, tasks, open, output, failure, bytes);
    }

    NodeProgress ended(Status status, @Nullable Object output, @Nullable TaskFailure failure) {
        return new NodeProgress(status, tasks, 0, output, failure, bytes);
    }

    /** The same node with some of its tasks changed; {@code changed} has one place for each task, null where it stays. */
    NodeProgress with(@Nullable TaskProgress[] changed) {
        List<TaskProgress> next = new ArrayList<>(tasks.size());
        int stillOpen = 0;
        long nextBytes = bytes;
        for (int i = 0; i < changed.length; i++) {
            TaskProgress task = Objects.requireNonNullElse(changed[i], tasks.get(i));
            if (changed[i] != null) {
                nextBytes += task.bytes() - tasks.get(i).bytes();
            }
            next.add(task);
            stillOpen += task.status().isEnded() ? 0 : 1;
        }
        return new NodeProgress(status, List.copyOf(next), stillOpen, output, failure, nextBytes);
    }

    /** The place of a task among {@link #tasks}, or a negative number if it is not one of them. */
    int place(long taskId) {
        int low = 0;
        int high = tasks.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            long id = tasks.get(middle).id();
            if (id == taskId) {
                return middle;
            }
            if (id < taskId) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return -1;
    }

    /** The first task, in the order of its index, that ended so. */
    Optional<TaskProgress> first(TaskProgress.Status wanted) {
        return tasks.stream().filter(task -> task.status() == wanted).findFirst();
    }

    /**
     * What the tasks left: for a plain node the list of its files, for a {@code for_each} a list of such lists in the
     * order of the index. Each may be a reference to the list.
     */
    Object artifacts() {
        if (tasks.size() == 1 && tasks.getFirst().index() == null) {
            return Objects.requireNonNullElse(tasks.getFirst().artifacts(), List.of());
        }
        List<Object> artifacts = new ArrayList<>(tasks.size());
        tasks.forEach(task -> artifacts.add(Objects.requireNonNullElse(task.artifacts(), List.of())));
        return artifacts;
    }

    /** What the tasks returned, in the order of their index. */
    List<@Nullable Object> outputs() {
        @Nullable Object[] outputs = new Object[tasks.size()];
        for (int i = 0; i < outputs.length; i++) {
            outputs[i] = tasks.get(i).output();
        }
        return Arrays.asList(outputs);
    }
}
