package dev.netbase.api.run.application;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.run.domain.Comparison;
import dev.netbase.api.run.domain.OutputDifference;
import dev.netbase.api.run.domain.Provenance;
import dev.netbase.model.run.RunStatus;
import io.smallrye.mutiny.Uni;
import java.util.Optional;

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
     */
    record NewRerun(String runId, String originId, boolean exact, long ownerId) {}

    /**
     * Writes the PENDING run.
     *
     * @return whether it waits to be admitted; fails with {@code run-not-found} or, for an exact one,
     *     {@code run-not-started}
     */
    Uni<Boolean> rerun(NewRerun rerun);

    /** The run beside the one it repeats; empty if there is no such run. */
    Uni<Optional<Comparison>> comparison(String runId);

    /** The tasks that differ, in the order of nodes and indexes. */
    Uni<Page<OutputDifference>> differences(String runId, String originId, PageRequest page);

    /** What a run was made of; empty if there is no such run. */
    Uni<Optional<Provenance>> provenance(String runId);

    /** What its tasks were made of, in the order of their ids; empty if there is no such run. */
    Uni<Optional<Page<Provenance.TaskPart>>> taskParts(String runId, PageRequest page);
}
