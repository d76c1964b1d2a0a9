package dev.netbase.api.run.rest;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.security.Users;
import dev.netbase.api.run.application.Runs;
import dev.netbase.api.run.application.WebhookDeliveries;
import dev.netbase.api.run.domain.WebhookDelivery;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Who was told of a run's end. */
@Path("/api/v1/runs/{runId}/webhooks")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Users.ADMIN)
@Tag(name = "Runs")
public class RunWebhooksResource {
    private final WebhookDeliveries deliveries;

    RunWebhooksResource(WebhookDeliveries deliveries) {
        this.deliveries = deliveries;
    }

    /** Lists the messages about a run's end. */
    @GET
    @Operation(
            summary = "List the messages about a run's end",
            description = "How often each was sent, and what came of it.")
    @APIResponse(responseCode = "404", description = "run-not-found")
    public Uni<Page<WebhookDelivery>> list(
            @RestPath String runId,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        return deliveries
                .of(runId, PageRequest.parse(page, size))
                .map(found -> found.orElseThrow(() -> Runs.notFound(runId)));
    }
}
