package dev.netbase.worker.group.domain;

import org.jspecify.annotations.Nullable;

/**
 * A row that this worker has claimed: RUNNING, and nobody else's while the lease lasts. All of it comes from the
 * database, none from the record that named the task.
 *
 * @param specId null only in a damaged row
 * @param timeoutMs the node's time limit in milliseconds; null means that only the configured limit counts
 * @param inputs JSON text in which large values are references
 */
public record Claim(
        TaskKey key,
        String groupId,
        @Nullable Long specId,
        @Nullable Long timeoutMs,
        String inputs,
        Lease lease) {}
