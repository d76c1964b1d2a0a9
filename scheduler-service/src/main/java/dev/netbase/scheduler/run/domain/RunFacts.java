package dev.netbase.scheduler.run.domain;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a run beside its progress.
 *
 * @param depth how many runs are above it
 * @param parent the task that it is an attempt of; null for a run by itself
 * @param retries how often it was retried from its failed nodes
 * @param since when its time began to count: its start, or its last retry; null before its start
 */
public record RunFacts(
        int depth,
        @Nullable ParentTask parent,
        int retries,
        @Nullable Instant since) {
    /** A run by itself that has not started. */
    public static final RunFacts NEW = new RunFacts(0, null, 0, null);

    /** A task of another run. */
    public record ParentTask(String runId, long taskId, int attempt) {}

    RunFacts startedAt(Instant start) {
        return new RunFacts(depth, parent, retries, start);
    }
}
