package dev.netbase.api.run.application;

import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.run.application.RunRepository.NewRun;
import dev.netbase.api.run.application.RunRepository.Started;
import dev.netbase.api.run.domain.Run;
import dev.netbase.api.workflow.application.CompiledDefinitions;
import dev.netbase.api.workflow.application.Workflows;
import dev.netbase.model.artifact.ArtifactStore;
import dev.netbase.model.artifact.Sha256;
import dev.netbase.model.artifact.ValueReferences;
import dev.netbase.model.definition.StartSettings;
import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.message.RunRequest;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.problem.ProblemCode;
import dev.netbase.model.run.RunStatus;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Starts, shows and cancels runs. */
@ApplicationScoped
public class Runs {
    private final RunRepository repository;
    private final RunWaiters waiters;
    private final SchedulerHints hints;
    private final CompiledDefinitions definitions;
    private final ValueReferences values;
    private final Vertx vertx;
    private final Clock clock;

    Runs(
            RunRepository repository,
            RunWaiters waiters,
            SchedulerHints hints,
            CompiledDefinitions definitions,
            ArtifactStore artifacts,
            Vertx vertx,
            Clock clock) {
        this.repository = repository;
        this.waiters = waiters;
        this.hints = hints;
        this.definitions = definitions;
        this.values = new ValueReferences(artifacts);
        this.vertx = vertx;
        this.clock = clock;
    }

    /**
     * What a caller asks to be run.
     *
     * @param version null for the latest
     * @param priority null for the definition's
     * @param idempotencyKey null if each request is a run of its own
     * @param traceparent the trace that the request belongs to, or null
     */
    public record Request(
            String workflow,
            @Nullable Integer version,
            @Nullable Integer priority,
            Map<String, @Nullable Object> inputs,
            @Nullable String idempotencyKey,
            @Nullable String traceparent) {}

    /**
     * Starts a run; it can be read as soon as this is done. Fails with {@code workflow-not-found}, {@code invalid-inputs},
     * or as {@link RunRepository#start} does.
     */
    public Uni<Started> start(Request request, long ownerId) {
        String runId = Ids.timeOrdered(clock.millis());
        return repository
                .target(request.workflow(), request.version())
                .map(found -> found.orElseThrow(() -> Workflows.notFound(request.workflow(), request.version())))
                .flatMap(target -> definitions
                        .get(target.workflowId(), target.version())
                        .flatMap(definition -> vertx.executeBlocking(
                                () -> prepare(runId, target, definition.start(), request, ownerId)))
                        .flatMap(repository::start)
                        .onFailure(Runs::isForInputs)
                        .recoverWithUni(refusal -> startedBefore(target, request, ownerId, refusal))
                        .invoke(started -> {
                            if (started.isNew()) {
                                hints.give(
                                        target.limited() ? RunRequest.Type.RUN_HELD : RunRequest.Type.RUN_REQUESTED,
                                        started.runId(),
                                        request.traceparent());
                            }
                        }));
    }

    private static boolean isForInputs(Throwable failure) {
        return failure instanceof ProblemException problem && problem.code() == ProblemCode.INVALID_INPUTS;
    }

    /** A request under a key stays answered, though a later version of the workflow would not take its inputs. */
    private Uni<Started> startedBefore(RunRepository.Target target, Request request, long ownerId, Throwable refusal) {
        String key = request.idempotencyKey();
        return key == null
                ? Uni.createFrom().failure(refusal)
                : vertx.executeBlocking(() -> digest(request))
                        .flatMap(digest -> repository.startedBefore(ownerId, target.workflowId(), key, digest))
                        .flatMap(found -> found.map(Uni.createFrom()::item)
                                .orElseGet(() -> Uni.createFrom().failure(refusal)));
    }

    /**
     * A run, at once or when it has ended.
     *
     * @param wait how long to wait for the end; zero for not at all
     */
    public Uni<Run> find(String runId, Duration wait) {
        return find(runId)
                .flatMap(run -> run.status().isTerminal() || wait.isZero()
                        ? Uni.createFrom().item(run)
                        : waiters.end(runId, wait).flatMap(over -> find(runId)));
    }

    /** Asks for a run's end; it ends when its tasks have stopped. */
    public Uni<RunStatus> cancel(String runId) {
        return repository.cancel(runId).invoke(() -> hints.give(RunRequest.Type.CANCEL_REQUESTED, runId, null));
    }

    /** A run that is not there. */
    public static ProblemException notFound(String runId) {
        return new ProblemException(ProblemCode.RUN_NOT_FOUND, "there is no run '" + runId + "'");
    }

    private Uni<Run> find(String runId) {
        return repository.find(runId).map(found -> found.orElseThrow(() -> notFound(runId)));
    }

    private NewRun prepare(
            String runId, RunRepository.Target target, StartSettings settings, Request request, long ownerId)
            throws IOException {
        List<FieldProblem> problems = settings.inputSchema()
                .map(schema -> schema.check(request.inputs()))
                .orElse(List.of());
        if (!problems.isEmpty()) {
            throw new ProblemException(
                    ProblemCode.INVALID_INPUTS,
                    "the inputs are not what the workflow's input_schema asks for: "
                            + problems.getFirst().field() + " "
                            + problems.getFirst().message(),
                    problems);
        }
        return new NewRun(
                runId,
                target,
                values.inlineOrStore(Json.write(request.inputs())),
                request.priority() == null ? settings.priority() : request.priority(),
                settings.hasWebhooks(),
                ownerId,
                request.idempotencyKey(),
                request.traceparent(),
                digest(request));
    }

    private static String digest(Request request) {
        Map<String, @Nullable Object> body = new TreeMap<>();
        body.put("inputs", CanonicalJson.sorted(request.inputs()));
        body.put("version", request.version());
        if (request.priority() != null) {
            body.put("priority", request.priority());
        }
        return Sha256.hex(Json.writeBytes(body));
    }
}
