package dev.netbase.api.run.rest;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.netbase.api.platform.security.Users;
import dev.netbase.api.run.domain.RunEvent;
import io.smallrye.mutiny.Multi;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.sse.OutboundSseEvent;
import jakarta.ws.rs.sse.Sse;
import java.time.OffsetDateTime;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.enums.ParameterIn;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.Parameter;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestMulti;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** What happens to a run, as Server-Sent Events. */
@Path("/api/v1/runs/{runId}/events")
@RolesAllowed(Users.ADMIN)
@Tag(name = "Runs")
public class RunEventsResource {
    private static final long RECONNECT_MILLIS = 1_000;
    private final OpenedStream opened;
    private final ObjectMapper json;

    RunEventsResource(OpenedStream opened, ObjectMapper json) {
        this.opened = opened;
        this.json = json;
    }

    /** The data of an event {@code run}. */
    record RunData(
            String runId,
            String status,
            @JsonRawValue @Nullable String error,
            OffsetDateTime at) {}

    /** The data of an event {@code task}. */
    record TaskData(
            String runId,
            long taskInstanceId,
            String node,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            Integer index,

            String status,
            int attempt,
            @Nullable String groupId,
            @JsonRawValue @Nullable String error,
            OffsetDateTime at) {}

    /** Follows a run. */
    @GET
    @FollowsRun
    @Produces(MediaType.SERVER_SENT_EVENTS)
    @Operation(
            summary = "Follow a run",
            description = "Server-Sent Events: run and task, numbered from 1. With the header Last-Event-ID, those that"
                    + " follow. The stream ends after the run's end; a finished run's events are told again. A comment"
                    + " every 15 s shows that the stream lives.")
    @APIResponse(responseCode = "200", description = "The events")
    @APIResponse(responseCode = "204", description = "The run has ended, and nothing follows the last event known")
    @APIResponse(responseCode = "404", description = "run-not-found")
    @APIResponse(responseCode = "429", description = "too-many-streams")
    @Parameter(
            name = "Last-Event-ID",
            in = ParameterIn.HEADER,
            description = "The id of the last event known; what follows it is told",
            schema = @Schema(type = SchemaType.STRING))
    public Multi<OutboundSseEvent> follow(@RestPath String runId, @Context Sse sse) {
        Multi<OutboundSseEvent> told = opened.get()
                .pages()
                .onItem()
                .transformToMultiAndConcatenate(page -> Multi.createFrom().iterable(written(sse, runId, page)));
        return RestMulti.fromMultiData(told)
                .header(HttpHeaders.CACHE_CONTROL, "no-store")
                .header("X-Accel-Buffering", "no")
                .build();
    }

    private List<OutboundSseEvent> written(Sse sse, String runId, List<RunEvent> page) {
        return page.isEmpty()
                ? List.of(sse.newEventBuilder().comment("").build())
                : page.stream().map(event -> written(sse, runId, event)).toList();
    }

    private OutboundSseEvent written(Sse sse, String runId, RunEvent event) {
        String name = switch (event.subject()) {
            case RunEvent.Subject.OfRun run -> "run";
            case RunEvent.Subject.OfTask task -> "task";
        };
        Object data = switch (event.subject()) {
            case RunEvent.Subject.OfRun run -> new RunData(runId, event.status(), event.error(), event.at());
            case RunEvent.Subject.OfTask task ->
                new TaskData(
                        runId,
                        task.taskInstanceId(),
                        task.node(),
                        task.index(),
                        event.status(),
                        task.attempt(),
                        task.groupId(),
                        event.error(),
                        event.at());
        };
        OutboundSseEvent.Builder written =
                sse.newEventBuilder().id(String.valueOf(event.seq())).name(name).data(String.class, text(data));
        return (event.seq() == 1 ? written.reconnectDelay(RECONNECT_MILLIS) : written).build();
    }

    private String text(Object data) {
        try {
            return json.writeValueAsString(data);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("events are always valid JSON", e);
        }
    }
}
