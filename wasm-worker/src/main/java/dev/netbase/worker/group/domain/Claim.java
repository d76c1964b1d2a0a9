package dev.netbase.worker.group.domain;

import org.jspecify.annotations.Nullable;

/**
 * A row that this worker has claimed: RUNNING, and nobody else's while the lease lasts. All of it comes from the
 * database, none from the record that named the task.
 *
 * @param specId null only in a damaged row
 * @param timeoutMs the node's time limit in milliseconds; null means that only the configured limit counts
 * @param inputs JSON text in which large values are references
 * @param files JSON text of what the task is to find in its workspace; null for nothing
 * @param origin whose it is, and what is known of it
 */
public record Claim(
        TaskKey key,
        String groupId,
        @Nullable Long specId,
        @Nullable Long timeoutMs,
        String inputs,
        Lease lease,
        @Nullable String files,
        Origin origin) {
    /**
     * Where a task comes from, for its turn among others.
     *
     * @param ownerId the user that the run acts as
     * @param deaths how many workers have died with the task under way
     * @param waitedMicros microseconds from its being queued to the claim, by the database's clock
     */
    public record Origin(long ownerId, int deaths, long waitedMicros) {}

    /** A claim of a task without files. */
    public Claim(
            TaskKey key, String groupId, @Nullable Long specId, @Nullable Long timeoutMs, String inputs, Lease lease) {
        this(key, groupId, specId, timeoutMs, inputs, lease, null, new Origin(0, 0, 0));
    }
}
