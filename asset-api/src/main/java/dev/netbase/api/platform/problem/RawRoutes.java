package dev.netbase.api.platform.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.netbase.model.problem.ProblemCode;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.quarkus.vertx.http.runtime.VertxHttpRecorder;
import io.quarkus.vertx.http.runtime.filters.Filters;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.util.List;
import java.util.regex.Pattern;

/** Problem details for what never reaches a resource: bodies too large, and paths outside of the API. */
@ApplicationScoped
public class RawRoutes {
    /** The most bytes of a body that is not an upload. */
    static final long MAX_BODY_BYTES = 16L << 20;

    /** Runs before the framework's own limit. */
    private static final int BEFORE_LIMITS = 100;

    private static final Pattern UPLOAD = Pattern.compile("/api/v1/asset-packages/[^/]+/versions/?");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,18}");

    private final ObjectMapper json;

    RawRoutes(ObjectMapper json) {
        this.json = json;
    }

    void limitBodies(@Observes Filters filters) {
        filters.register(this::limitBody, BEFORE_LIMITS);
    }

    void answerUnknownPaths(@Observes Router router) {
        router.route().last().handler(this::unknownPath);
    }

    private void limitBody(RoutingContext context) {
        boolean upload = context.request().method().equals(HttpMethod.POST)
                && UPLOAD.matcher(context.request().path()).matches();
        if (upload) {
            // its reader counts each file and the whole
            context.next();
            return;
        }
        String length = context.request().getHeader(HttpHeaderNames.CONTENT_LENGTH);
        if (length != null && (!DIGITS.matcher(length).matches() || Long.parseLong(length) > MAX_BODY_BYTES)) {
            context.response().putHeader(HttpHeaderNames.CONNECTION, "close");
            end(context, ProblemCode.TOO_LARGE, "the body may have " + MAX_BODY_BYTES + " bytes");
            return;
        }
        context.put(VertxHttpRecorder.MAX_REQUEST_SIZE_KEY, MAX_BODY_BYTES);
        context.next();
    }

    private void unknownPath(RoutingContext context) {
        end(context, ProblemCode.NOT_FOUND, "there is nothing at this path");
    }

    private void end(RoutingContext context, ProblemCode code, String detail) {
        try {
            context.response()
                    .setStatusCode(code.status())
                    .putHeader(HttpHeaderNames.CONTENT_TYPE, ProblemDocument.MEDIA_TYPE)
                    .end(json.writeValueAsString(ProblemDocument.of(code, detail, List.of())));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a problem document is always valid JSON", e);
        }
    }
}
