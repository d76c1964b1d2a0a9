package dev.netbase.api.run.rest;

import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.run.application.RunEvents;
import io.smallrye.mutiny.Uni;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.server.ServerRequestFilter;
import org.jspecify.annotations.Nullable;

/**
 * Opens a stream of events before its answer begins. Once it has begun, its status cannot be changed any more, so
 * everything that may be refused is refused here.
 */
public class FollowFilter {
    private static final String LAST_EVENT_ID = "Last-Event-ID";
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,9}");

    private final RunEvents events;
    private final OpenedStream opened;

    FollowFilter(RunEvents events, OpenedStream opened) {
        this.events = events;
        this.opened = opened;
    }

    /** Answers 204 where nothing follows any more, which tells an EventSource not to come back. */
    @FollowsRun
    @ServerRequestFilter
    public Uni<@Nullable Response> open(ContainerRequestContext request) {
        int after = place(request.getHeaderString(LAST_EVENT_ID));
        String runId =
                Objects.requireNonNull(request.getUriInfo().getPathParameters().getFirst("runId"));
        return events.follow(runId, after).map(followed -> {
            if (followed.over()) {
                return Response.noContent().build();
            }
            opened.set(followed);
            return null;
        });
    }

    private static int place(@Nullable String lastEventId) {
        if (lastEventId == null || lastEventId.isEmpty()) {
            return 0;
        }
        if (!NUMBER.matcher(lastEventId).matches()) {
            throw ProblemException.invalidField(LAST_EVENT_ID, "must be the id of an event of this stream");
        }
        return Integer.parseInt(lastEventId);
    }
}
