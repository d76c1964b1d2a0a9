package dev.netbase.api.workflow.rest;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.platform.security.Users;
import dev.netbase.api.platform.validation.Names;
import dev.netbase.api.workflow.application.WorkflowRepository;
import dev.netbase.api.workflow.application.Workflows;
import dev.netbase.api.workflow.domain.Workflow;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.PUT;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Workflows. */
@Path("/api/v1/workflows")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Users.ADMIN)
@Tag(name = "Workflows", description = "Graphs of agents, in immutable versions.")
public class WorkflowResource {
    private static final java.util.regex.Pattern VERSION = java.util.regex.Pattern.compile("[1-9][0-9]{0,8}");

    private final WorkflowRepository repository;
    private final Workflows workflows;
    private final Users users;

    WorkflowResource(WorkflowRepository repository, Workflows workflows, Users users) {
        this.repository = repository;
        this.workflows = workflows;
        this.users = users;
    }

    /**
     * A workflow to be defined.
     *
     * @param name 1 to 128 letters, digits, '.', '_' or '-', unique in the installation
     * @param definition nodes, output and triggers
     */
    public record NewWorkflow(
            @NotNull(message = "must be given") @Pattern(regexp = Names.PLAIN, message = Names.PLAIN_RULE)
            String name,

            @NotNull(message = "must be given") Map<String, @Nullable Object> definition) {}

    /** A workflow's next version. */
    public record NewDefinition(
            @NotNull(message = "must be given") Map<String, @Nullable Object> definition) {}

    /** A workflow at one of its versions. */
    public record WorkflowView(
            long id,
            String name,
            int version,
            int latestVersion,
            @JsonRawValue @Schema(type = SchemaType.OBJECT) String definition,
            long ownerId,
            boolean paused,
            OffsetDateTime createdAt,
            OffsetDateTime updatedAt) {
        static WorkflowView of(Workflow workflow) {
            return new WorkflowView(
                    workflow.id(),
                    workflow.name(),
                    workflow.version(),
                    workflow.latestVersion(),
                    workflow.definition(),
                    workflow.ownerId(),
                    workflow.paused(),
                    workflow.createdAt(),
                    workflow.updatedAt());
        }
    }

    /** Defines a workflow. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Define a workflow")
    @APIResponse(responseCode = "201", description = "The workflow at version 1")
    @APIResponse(responseCode = "409", description = "workflow-name-taken")
    @APIResponse(responseCode = "422", description = "invalid-definition, naming the nodes")
    public Uni<RestResponse<WorkflowView>> create(@NotNull(message = "must be given") @Valid NewWorkflow body) {
        return users.callerId()
                .flatMap(owner -> workflows.define(body.name(), body.definition(), owner))
                .map(workflow -> RestResponse.ResponseBuilder.<WorkflowView>created(
                                URI.create("/api/v1/workflows/" + workflow.name()))
                        .entity(WorkflowView.of(workflow))
                        .build());
    }

    /** Makes the next version of a workflow. */
    @PUT
    @Path("/{name}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Make a workflow's next version", description = "Runs that have started keep theirs.")
    @APIResponse(responseCode = "200", description = "The workflow at its new version")
    @APIResponse(responseCode = "404", description = "workflow-not-found")
    @APIResponse(responseCode = "422", description = "invalid-definition, naming the nodes")
    public Uni<WorkflowView> redefine(
            @RestPath String name, @NotNull(message = "must be given") @Valid NewDefinition body) {
        return workflows.redefine(name, body.definition()).map(WorkflowView::of);
    }

    /** Lists workflows at their latest versions, newest first. */
    @GET
    @Operation(summary = "List workflows at their latest versions, newest first")
    public Uni<Page<WorkflowView>> list(
            @QueryParam("page") @Nullable String page, @QueryParam("size") @Nullable String size) {
        return repository.list(PageRequest.parse(page, size)).map(found -> found.map(WorkflowView::of));
    }

    /** Shows a workflow, at its latest version or at another. */
    @GET
    @Path("/{name}")
    @Operation(summary = "Show a workflow", description = "version: a version other than the latest.")
    @APIResponse(responseCode = "404", description = "workflow-not-found")
    public Uni<WorkflowView> get(@RestPath String name, @QueryParam("version") @Nullable String version) {
        Integer number = version == null ? null : parseVersion(version);
        return repository
                .find(name, number)
                .map(found -> WorkflowView.of(found.orElseThrow(() -> Workflows.notFound(name, number))));
    }

    /** Lets runs that are started wait. */
    @POST
    @Path("/{name}/pause")
    @Operation(
            summary = "Pause a workflow",
            description = "Runs can be started, and wait PENDING until it is resumed. Runs under way go on.")
    @APIResponse(responseCode = "200", description = "The workflow, paused")
    @APIResponse(responseCode = "404", description = "workflow-not-found")
    public Uni<WorkflowView> pause(@RestPath String name) {
        return workflows.setPaused(name, true).map(WorkflowView::of);
    }

    /** Lets runs start again, those that wait first. */
    @POST
    @Path("/{name}/resume")
    @Operation(summary = "Resume a workflow", description = "The runs that wait start by priority.")
    @APIResponse(responseCode = "200", description = "The workflow, no longer paused")
    @APIResponse(responseCode = "404", description = "workflow-not-found")
    public Uni<WorkflowView> resume(@RestPath String name) {
        return workflows.setPaused(name, false).map(WorkflowView::of);
    }

    private static Integer parseVersion(String version) {
        if (!VERSION.matcher(version).matches()) {
            throw ProblemException.invalidField("version", "must be a whole number of at least 1");
        }
        return Integer.valueOf(version);
    }
}
