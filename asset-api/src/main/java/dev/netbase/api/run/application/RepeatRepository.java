package dev.netbase.api.run.application;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.run.application.RunRepository.Started;
import dev.netbase.api.run.domain.Comparison;
import dev.netbase.api.run.domain.OutputDifference;
import dev.netbase.api.run.domain.Provenance;
import dev.netbase.model.run.RunStatus;
import io.smallrye.mutiny.Uni;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Runs that go on after their end, or again, and what they were made of. */
public interface RepeatRepository {
    /**
     * Makes an ended run go on from what did not complete, in one transaction.
     *
     * @return its status; fails with {@code run-not-found} or {@code run-not-retryable}
     */
    Uni<RunStatus> retry(String runId);

    /**
     * A run that repeats another.
     *
     * @param exact with the very same files, configurations and versions
     * @param idempotencyKey null if each request is a run of its own
     * @param traceparent the trace that the request belongs to, or null
     * @param bodyDigest tells whether two requests under one key ask for the same
     */
    record NewRerun(
            String runId,
            String originId,
            boolean exact,
            long ownerId,
            @Nullable String idempotencyKey,
            @Nullable String traceparent,
            String bodyDigest) {}

    /**
     * What a rerun came to.
     *
     * @param held whether it waits to be admitted
     */
    record Repeated(Started started, boolean held) {}

    /**
     * Writes the PENDING run and its idempotency key, which is one of the workflow's, in one transaction.
     *
     * @return what it came to; fails with {@code run-not-found}, {@code idempotency-key-reused} or, for an exact one,
     *     {@code run-not-started}
     */
    Uni<Repeated> rerun(NewRerun rerun);

    /** The run beside the one it repeats; empty if there is no such run. */
    Uni<Optional<Comparison>> comparison(String runId);

    /** The tasks that differ, in the order of nodes and indexes. */
    Uni<Page<OutputDifference>> differences(String runId, String originId, PageRequest page);

    /** What a run was made of; empty if there is no such run. */
    Uni<Optional<Provenance>> provenance(String runId);

    /** What its tasks were made of, in the order of their ids; empty if there is no such run. */
    Uni<Optional<Page<Provenance.TaskPart>>> taskParts(String runId, PageRequest page);
}
