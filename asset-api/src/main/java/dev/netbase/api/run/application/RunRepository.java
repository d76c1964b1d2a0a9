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
     * What is to be run.
     *
     * @param limited whether its runs wait to be admitted: it is paused, or only so many of its runs go on at once
     */
    record Target(long workflowId, int version, boolean limited) {}

    /**
     * A run to be started.
     *
     * @param inputs a JSON object, or a reference to one
     * @param priority higher ones start first where runs wait
     * @param told whether somebody is to be told of its end
     * @param idempotencyKey null if each request is a run of its own
     * @param traceparent the trace that the request belongs to, or null
     * @param bodyDigest tells whether two requests under one key ask for the same
     */
    record NewRun(
            String runId,
            Target target,
            String inputs,
            int priority,
            boolean told,
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
     * A version of a workflow that can be run, or empty if there is none.
     *
     * @param workflow the workflow's name
     * @param version null for the latest
     */
    Uni<Optional<Target>> target(String workflow, @Nullable Integer version);

    /**
     * Writes a PENDING run and its idempotency key in one transaction.
     *
     * @return what it came to; fails with {@code idempotency-key-reused}
     */
    Uni<Started> start(NewRun run);

    /** The run that an earlier request under this key started; fails with {@code idempotency-key-reused}. */
    Uni<Optional<Started>> startedBefore(long ownerId, long workflowId, String key, String bodyDigest);

    /**
     * Runs, newest first.
     *
     * @param workflow only those of this workflow; null for all
     * @param status only those that stand so; null for all
     * @param parent only those that are a part of this run; null for all
     */
    Uni<Page<Run>> list(
            @Nullable String workflow, @Nullable RunStatus status, @Nullable String parent, PageRequest page);

    /** A run with its task counts. */
    Uni<Optional<Run>> find(String runId);

    /** Which of these runs have ended. */
    Uni<List<String>> ended(Collection<String> runIds);

    /** Marks a run for cancellation; fails with {@code run-not-found} or {@code run-finished}. */
    Uni<RunStatus> cancel(String runId);

    /**
     * Tasks of a run in the order of their ids, or empty if there is no such run.
     *
     * @param node only those of this node; null for all
     */
    Uni<Optional<Page<Task>>> tasks(String runId, @Nullable String node, PageRequest page);

    /** The attempts of a task, the current one last, as JSON objects; empty if there is no such task. */
    Uni<Optional<Page<Object>>> attempts(String runId, long taskInstanceId, PageRequest page);

    /** What there is of a run's nodes, or empty if there is no such run. */
    Uni<Optional<NodeRows>> nodes(String runId);

    /** What a task wrote to stderr, its tail; empty if there is no such task. */
    Uni<Optional<byte[]>> stderr(String runId, long taskInstanceId);
}
