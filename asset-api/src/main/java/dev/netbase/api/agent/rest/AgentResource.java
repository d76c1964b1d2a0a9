package dev.netbase.api.agent.rest;

import com.fasterxml.jackson.annotation.JsonRawValue;
import dev.netbase.api.agent.application.AgentRepository;
import dev.netbase.api.agent.application.Agents;
import dev.netbase.api.agent.domain.Agent;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.security.Users;
import dev.netbase.api.platform.validation.Names;
import dev.netbase.model.task.AgentType;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DELETE;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.PATCH;
import jakarta.ws.rs.POST;
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

/** Agents. */
@Path("/api/v1/agents")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Users.ADMIN)
@Tag(name = "Agents", description = "Executable files under names, with configuration of their own.")
public class AgentResource {
    private static final java.util.regex.Pattern ID = java.util.regex.Pattern.compile("[0-9]{1,18}");

    private final AgentRepository repository;
    private final Agents agents;
    private final Users users;

    AgentResource(AgentRepository repository, Agents agents, Users users) {
        this.repository = repository;
        this.agents = agents;
        this.users = users;
    }

    /**
     * An agent to be defined.
     *
     * @param name 1 to 200 characters, unique in the installation
     * @param assetFileId a published file of type WASM, DOCKERFILE or SQL_SCRIPT
     * @param config configuration over the file's own; its limits within the operator's caps
     */
    public record NewAgent(
            @NotNull(message = "must be given") @Pattern(regexp = Names.FREE, message = Names.FREE_RULE)
            String name,

            @NotNull(message = "must be given") Long assetFileId,

            @Nullable Map<String, @Nullable Object> config) {}

    /** What to change of an agent; absent fields stay, {@code config} is replaced whole. */
    public record AgentChange(
            @Nullable @Pattern(regexp = Names.FREE, message = Names.FREE_RULE)
            String name,

            @Nullable Long assetFileId,

            @Nullable Map<String, @Nullable Object> config) {}

    /** An agent. */
    public record AgentView(
            long id,
            String name,
            AgentType agentType,
            long assetFileId,
            @JsonRawValue @Schema(type = SchemaType.OBJECT) String config,
            long ownerId,
            OffsetDateTime createdAt,
            OffsetDateTime updatedAt) {
        static AgentView of(Agent agent) {
            return new AgentView(
                    agent.id(),
                    agent.name(),
                    agent.agentType(),
                    agent.assetFileId(),
                    agent.config(),
                    agent.ownerId(),
                    agent.createdAt(),
                    agent.updatedAt());
        }
    }

    /** Defines an agent. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Define an agent")
    @APIResponse(responseCode = "201", description = "The agent; its type follows from the file's")
    @APIResponse(responseCode = "404", description = "file-not-found")
    @APIResponse(responseCode = "409", description = "agent-name-taken")
    @APIResponse(responseCode = "422", description = "not-executable, invalid-config")
    public Uni<RestResponse<AgentView>> create(@NotNull(message = "must be given") @Valid NewAgent body) {
        Map<String, @Nullable Object> config = body.config() == null ? Map.of() : body.config();
        return users.callerId()
                .flatMap(owner -> agents.define(body.name(), body.assetFileId(), config, owner))
                .map(agent -> RestResponse.ResponseBuilder.<AgentView>created(
                                URI.create("/api/v1/agents/" + agent.id()))
                        .entity(AgentView.of(agent))
                        .build());
    }

    /** Lists agents, newest first. */
    @GET
    @Operation(summary = "List agents, newest first")
    public Uni<Page<AgentView>> list(
            @QueryParam("page") @Nullable String page, @QueryParam("size") @Nullable String size) {
        return repository.list(PageRequest.parse(page, size)).map(found -> found.map(AgentView::of));
    }

    /** Shows one agent. */
    @GET
    @Path("/{id}")
    @Operation(summary = "Show an agent")
    @APIResponse(responseCode = "404", description = "agent-not-found")
    public Uni<AgentView> get(@RestPath String id) {
        return repository.find(parse(id)).map(found -> AgentView.of(found.orElseThrow(() -> Agents.notFound(id))));
    }

    /** Changes an agent. */
    @PATCH
    @Path("/{id}")
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(
            summary = "Change an agent",
            description = "Absent fields stay; config is replaced whole. Runs that have started are not affected.")
    @APIResponse(responseCode = "200", description = "The changed agent")
    @APIResponse(responseCode = "404", description = "agent-not-found, file-not-found")
    @APIResponse(responseCode = "409", description = "agent-name-taken, or agent-in-use when it would be renamed")
    @APIResponse(responseCode = "422", description = "not-executable, invalid-config")
    public Uni<AgentView> change(@RestPath String id, @NotNull(message = "must be given") @Valid AgentChange body) {
        return agents.change(parse(id), new Agents.Change(body.name(), body.assetFileId(), body.config()))
                .map(AgentView::of);
    }

    /** Deletes an agent that nothing uses. */
    @DELETE
    @Path("/{id}")
    @Operation(summary = "Delete an agent")
    @APIResponse(responseCode = "204", description = "Deleted")
    @APIResponse(responseCode = "404", description = "agent-not-found")
    @APIResponse(responseCode = "409", description = "agent-in-use")
    public Uni<Void> delete(@RestPath String id) {
        return repository.delete(parse(id));
    }

    private static long parse(String id) {
        if (!ID.matcher(id).matches()) {
            throw Agents.notFound(id);
        }
        return Long.parseLong(id);
    }
}
