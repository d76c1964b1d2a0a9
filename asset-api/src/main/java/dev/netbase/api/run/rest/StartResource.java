package dev.netbase.api.run.rest;

import dev.netbase.api.platform.security.Users;
import dev.netbase.api.run.application.Runs;
import dev.netbase.model.definition.StartSettings;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.trace.TraceParent;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.NotNull;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Starting runs. */
@Path("/api/v1/workflows/{name}/runs")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Users.ADMIN)
@Tag(name = "Runs")
public class StartResource {
    private static final String PRIORITY_RULE = "must be a whole number from -100 to 100";

    private final Runs runs;
    private final Users users;

    StartResource(Runs runs, Users users) {
        this.runs = runs;
        this.users = users;
    }

    /**
     * A run to be started.
     *
     * @param inputs what expressions see as {@code inputs}; absent means none
     * @param version a version other than the latest
     * @param priority over the definition's; higher ones start first where runs wait
     */
    public record NewRun(
            @Nullable Map<String, @Nullable Object> inputs,

            @Nullable @Min(value = 1, message = "must be at least 1")
            Integer version,

            @Nullable
            @Min(value = StartSettings.MIN_PRIORITY, message = PRIORITY_RULE)
            @Max(value = StartSettings.MAX_PRIORITY, message = PRIORITY_RULE)
            Integer priority) {}

    /** A run that was started. */
    public record StartedRun(String runId, RunStatus status) {}

    /** Starts a run. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Start a run",
            description = "With the header Idempotency-Key, of 1 to 255 visible ASCII characters, the same request"
                    + " starts one run however often it is sent.")
    @APIResponse(responseCode = "202", description = "The run, readable from now on")
    @APIResponse(responseCode = "404", description = "workflow-not-found")
    @APIResponse(responseCode = "422", description = "invalid-inputs, idempotency-key-reused")
    public Uni<RestResponse<StartedRun>> start(
            @RestPath String name,
            @HeaderParam(IdempotencyKey.HEADER) @Nullable String idempotencyKey,
            @Parameter(hidden = true) @HeaderParam(TraceParent.HEADER) @Nullable String traceparent,
            @NotNull(message = "must be given") @Valid NewRun body) {
        String key = IdempotencyKey.checked(idempotencyKey);
        Map<String, @Nullable Object> inputs = body.inputs() == null ? Map.of() : body.inputs();
        String trace = CurrentTrace.or(traceparent);
        return users.callerId()
                .flatMap(owner ->
                        runs.start(new Runs.Request(name, body.version(), body.priority(), inputs, key, trace), owner))
                .map(started -> RestResponse.ResponseBuilder.<StartedRun>create(RestResponse.Status.ACCEPTED)
                        .header(HttpHeaders.LOCATION, "/api/v1/runs/" + started.runId())
                        .entity(new StartedRun(started.runId(), started.status()))
                        .build());
    }
}
