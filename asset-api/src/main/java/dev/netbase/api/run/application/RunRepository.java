package dev.netbase.api.run.application;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.run.domain.Run;
import dev.netbase.api.run.domain.Task;
import dev.netbase.model.run.RunStatus;
import io.smallrye.mutiny.Uni;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs and their tasks. */
public interface RunRepository {
    /**
     * A run to be started.
     *
     * @param workflow the workflow's name
     * @param version null for the latest
     * @param inputs a JSON object, or a reference to one
     * @param idempotencyKey null if each request is a run of its own
     * @param traceparent the trace that the request belongs to, or null
     * @param bodyDigest tells whether two requests under one key ask for the same
     */
    record NewRun(
            String runId,
            String workflow,
            @Nullable Integer version,
            String inputs,
            long ownerId,
            @Nullable String idempotencyKey,
            @Nullable String traceparent,
            String bodyDigest) {}

    /**
     * What a start came to.
     *
     * @param isNew false if an earlier request under the same key started it
     */
    record Started(String runId, RunStatus status, boolean isNew) {}

    /**
     * Writes a PENDING run and its idempotency key in one transaction.
     *
     * @return what it came to; fails with {@code workflow-not-found} or {@code idempotency-key-reused}
     */
    Uni<Started> start(NewRun run);

    /**
     * Runs, newest first.
     *
     * @param workflow only those of this workflow; null for all
     * @param status only those that stand so; null for all
     */
    Uni<Page<Run>> list(@Nullable String workflow, @Nullable RunStatus status, PageRequest page);

    /** A run with its task counts. */
    Uni<Optional<Run>> find(String runId);

    /** Which of these runs have ended. */
    Uni<List<String>> ended(Collection<String> runIds);

    /** Marks a run for cancellation; fails with {@code run-not-found} or {@code run-finished}. */
    Uni<RunStatus> cancel(String runId);

    /** Tasks of a run in the order of their ids, or empty if there is no such run. */
    Uni<Optional<Page<Task>>> tasks(String runId, PageRequest page);

    /** What a task wrote to stderr, its tail; empty if there is no such task. */
    Uni<Optional<byte[]>> stderr(String runId, long taskInstanceId);
}
