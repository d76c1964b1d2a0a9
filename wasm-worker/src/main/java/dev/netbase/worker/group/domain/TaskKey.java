package dev.netbase.worker.group.domain;

import java.util.Comparator;

/** One attempt of one task instance: what a worker claims, runs and reports. Sorted as the table's primary key. */
public record TaskKey(String runId, long taskInstanceId, int attempt) implements Comparable<TaskKey> {
    private static final Comparator<TaskKey> ORDER = Comparator.comparing(TaskKey::runId)
            .thenComparingLong(TaskKey::taskInstanceId)
            .thenComparingInt(TaskKey::attempt);

    @Override
    public int compareTo(TaskKey other) {
        return ORDER.compare(this, other);
    }

    /** The id of the event about this attempt's end: the same however often it is sent. */
    public String eventId() {
        return taskInstanceId + "-" + attempt;
    }
}
