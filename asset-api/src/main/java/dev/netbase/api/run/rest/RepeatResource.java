package dev.netbase.api.run.rest;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.security.Users;
import dev.netbase.api.run.application.RepeatRepository;
import dev.netbase.api.run.application.Repeats;
import dev.netbase.api.run.application.Runs;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.trace.TraceParent;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Runs that go on after their end, or again. */
@Path("/api/v1/runs")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Users.ADMIN)
@Tag(name = "Runs")
public class RepeatResource {
    private final Repeats repeats;
    private final RepeatRepository repository;
    private final Users users;
    private final LimitCaps caps;

    RepeatResource(Repeats repeats, RepeatRepository repository, Users users, LimitCaps caps) {
        this.caps = caps;
        this.repeats = repeats;
        this.repository = repository;
        this.users = users;
    }

    /** A run that goes on. */
    public record RetriedRun(String runId, RunStatus status) {}

    /**
     * How a run is to be repeated.
     *
     * @param exact with the very same files, configurations and versions; absent means false
     */
    public record NewRerun(@Nullable Boolean exact) {}

    /** A run that repeats another. */
    public record StartedRerun(String runId, RunStatus status, String rerunOf, boolean exact) {}

    /** Makes an ended run go on. */
    @POST
    @Path("/{runId}/retry")
    @Operation(
            summary = "Retry a run from what did not complete",
            description = "The same run goes on. What completed keeps its output; what failed or was cancelled gets"
                    + " another attempt, with all of its retries before it.")
    @APIResponse(responseCode = "202", description = "The run goes on")
    @APIResponse(responseCode = "404", description = "run-not-found")
    @APIResponse(responseCode = "409", description = "run-not-retryable: not FAILED or CANCELLED, or part of a run")
    public Uni<RestResponse<RetriedRun>> retry(@RestPath String runId) {
        return repeats.retry(runId).map(status -> RestResponse.accepted(new RetriedRun(runId, status)));
    }

    /** Starts a run with the inputs of this one. */
    @POST
    @Path("/{runId}/rerun")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Run a run again",
            description = "Same inputs, same version of the workflow; agents as they are now or, with exact, the very"
                    + " same files and configurations. Sub-workflows of an exact run repeat exactly too, where the"
                    + " first run had them. With the header Idempotency-Key, of 1 to 255 visible ASCII characters, the"
                    + " same request starts one run however often it is sent.")
    @APIResponse(responseCode = "202", description = "The new run, readable from now on")
    @APIResponse(responseCode = "404", description = "run-not-found")
    @APIResponse(responseCode = "409", description = "run-not-started: nothing was fixed yet to repeat exactly")
    @APIResponse(responseCode = "422", description = "idempotency-key-reused")
    public Uni<RestResponse<StartedRerun>> rerun(
            @RestPath String runId,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable String idempotencyKey,
            @Parameter(hidden = true) @HeaderParam(TraceParent.HEADER) @Nullable String traceparent,
            @Nullable NewRerun body) {
        boolean exact = body != null && Boolean.TRUE.equals(body.exact());
        String key = IdempotencyKey.checked(idempotencyKey);
        String trace = CurrentTrace.or(traceparent);
        return users.callerId()
                .flatMap(owner -> repeats.rerun(new Repeats.Request(runId, exact, key, trace), owner))
                .map(started -> RestResponse.ResponseBuilder.<StartedRerun>create(RestResponse.Status.ACCEPTED)
                        .header(HttpHeaders.LOCATION, "/api/v1/runs/" + started.runId())
                        .entity(new StartedRerun(started.runId(), started.status(), runId, exact))
                        .build());
    }

    /** Compares a run with the one it repeats. */
    @GET
    @Path("/{runId}/differences")
    @Operation(
            summary = "List where a run differs from the one it repeats",
            description = "Tasks whose status or whose output's digest differ, by node and index.")
    @APIResponse(responseCode = "404", description = "run-not-found")
    @APIResponse(responseCode = "409", description = "run-not-a-rerun")
    public Uni<DifferencesView> differences(
            @RestPath String runId,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        return repeats.differences(runId, PageRequest.parse(page, size))
                .map(found -> DifferencesView.of(found.comparison(), found.page()));
    }

    /** Shows what a run was made of. */
    @GET
    @Path("/{runId}/provenance")
    @Operation(
            summary = "Show what a run was made of",
            description = "Its trigger, the digests of its files, inputs and output, its nodes' configurations with"
                    + " their limits, and the engines that executed it.")
    @APIResponse(responseCode = "404", description = "run-not-found")
    public Uni<ProvenanceView> provenance(@RestPath String runId) {
        return repository
                .provenance(runId)
                .map(found -> ProvenanceView.of(found.orElseThrow(() -> Runs.notFound(runId)), caps));
    }

    /** Lists the digests of what a run's tasks took and gave. */
    @GET
    @Path("/{runId}/provenance/tasks")
    @Operation(summary = "List the digests of what a run's tasks took and gave, in the order of their ids")
    @APIResponse(responseCode = "404", description = "run-not-found")
    public Uni<Page<TaskProvenanceView>> taskProvenance(
            @RestPath String runId,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        return repository
                .taskParts(runId, PageRequest.parse(page, size))
                .map(found -> found.orElseThrow(() -> Runs.notFound(runId)).map(TaskProvenanceView::of));
    }
}
