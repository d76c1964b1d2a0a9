package dev.netbase.api.run.application;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.run.application.RepeatRepository.NewRerun;
import dev.netbase.api.run.application.RunRepository.Started;
import dev.netbase.api.run.domain.Comparison;
import dev.netbase.api.run.domain.OutputDifference;
import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.message.RunRequest;
import dev.netbase.model.problem.ProblemCode;
import dev.netbase.model.run.RunStatus;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Clock;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Retries ended runs, runs them again, and compares. */
@ApplicationScoped
public class Repeats {
    private final RepeatRepository repository;
    private final SchedulerHints hints;
    private final Clock clock;

    Repeats(RepeatRepository repository, SchedulerHints hints, Clock clock) {
        this.repository = repository;
        this.hints = hints;
        this.clock = clock;
    }

    /** A run that repeats another, and where it differs from it so far. */
    public record Differences(Comparison comparison, Page<OutputDifference> page) {}

    /** Makes an ended run go on. Fails as {@link RepeatRepository#retry} does. */
    public Uni<RunStatus> retry(String runId) {
        return repository.retry(runId).invoke(() -> hints.give(RunRequest.Type.RUN_REQUESTED, runId));
    }

    /**
     * What a caller asks to be run again.
     *
     * @param exact with the very same files, configurations and versions
     * @param idempotencyKey null if each request is a run of its own
     * @param traceparent the trace that the request belongs to, or null
     */
    public record Request(
            String originId,
            boolean exact,
            @Nullable String idempotencyKey,
            @Nullable String traceparent) {}

    /** Starts a run that repeats another. Fails as {@link RepeatRepository#rerun} does. */
    public Uni<Started> rerun(Request request, long ownerId) {
        NewRerun rerun = new NewRerun(
                Ids.timeOrdered(clock.millis()),
                request.originId(),
                request.exact(),
                ownerId,
                request.idempotencyKey(),
                request.traceparent(),
                Sha256.hex(Json.writeBytes(
                        new TreeMap<>(Map.of("rerun_of", request.originId(), "exact", request.exact())))));
        return repository
                .rerun(rerun)
                .invoke(repeated -> {
                    if (repeated.started().isNew()) {
                        hints.give(
                                repeated.held() ? RunRequest.Type.RUN_HELD : RunRequest.Type.RUN_REQUESTED,
                                rerun.runId(),
                                rerun.traceparent());
                    }
                })
                .map(RepeatRepository.Repeated::started);
    }

    /** Where a run differs from the one it repeats; fails with {@code run-not-found} or {@code run-not-a-rerun}. */
    public Uni<Differences> differences(String runId, PageRequest page) {
        return repository
                .comparison(runId)
                .map(found -> found.orElseThrow(() -> Runs.notFound(runId)))
                .flatMap(comparison -> {
                    String origin = comparison.rerunOf();
                    if (origin == null) {
                        throw new ProblemException(
                                ProblemCode.RUN_NOT_A_RERUN, "run '" + runId + "' does not repeat another");
                    }
                    return repository
                            .differences(runId, origin, page)
                            .map(differences -> new Differences(comparison, differences));
                });
    }
}
