package dev.netbase.worker.group.domain;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A row that this worker has claimed: RUNNING, and nobody else's while the lease lasts. All of it comes from the
 * database, none from the record that named the task; or else it is only a hint, taken from the record, and counts
 * once the database has said the same.
 *
 * @param specId null only in a damaged row
 * @param timeoutMs the node's time limit in milliseconds; null means that only the configured limit counts
 * @param inputs JSON text in which large values are references
 * @param begunNanos when a task began on its record's word, by {@link System#nanoTime()}; null for a row that is claimed
 */
public record Claim(
        TaskKey key,
        String groupId,
        @Nullable Long specId,
        @Nullable Long timeoutMs,
        String inputs,
        Lease lease,
        @Nullable Long begunNanos) {

    /** A row that is claimed. */
    public Claim(
            TaskKey key, String groupId, @Nullable Long specId, @Nullable Long timeoutMs, String inputs, Lease lease) {
        this(key, groupId, specId, timeoutMs, inputs, lease, null);
    }

    /** What a record says of a task that is not claimed yet. */
    public static Claim hint(TaskKey key, String groupId, long specId, long timeoutMs, String inputs, Lease lease) {
        return new Claim(key, groupId, specId, timeoutMs, inputs, lease, System.nanoTime());
    }

    /** Whether the row is claimed; otherwise this is only a hint. */
    public boolean made() {
        return begunNanos == null;
    }

    /** Whether both let the same be run. */
    public boolean saysTheSame(Claim other) {
        return key.equals(other.key)
                && Objects.equals(specId, other.specId)
                && Objects.equals(timeoutMs, other.timeoutMs)
                && inputs.equals(other.inputs);
    }
}
