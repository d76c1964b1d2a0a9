package dev.netbase.api.platform.problem;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.problem.ProblemCode;
import io.quarkus.hibernate.validator.runtime.jaxrs.ResteasyReactiveViolationException;
import io.quarkus.security.AuthenticationFailedException;
import io.quarkus.security.ForbiddenException;
import io.quarkus.security.UnauthorizedException;
import jakarta.validation.ConstraintViolationException;
import jakarta.ws.rs.WebApplicationException;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.server.ServerExceptionMapper;
import org.jspecify.annotations.Nullable;

/** Turns whatever a request raised into a problem detail; what callers need not know stays in the log. */
public final class ProblemMappers {
    private static final Logger LOG = Logger.getLogger(ProblemMappers.class);

    /** What we raised ourselves. */
    @ServerExceptionMapper
    public Response problem(ProblemException e) {
        return ProblemDocument.of(e.code(), e.detail(), e.errors()).response().build();
    }

    /** No token where one is needed. */
    @ServerExceptionMapper
    public Response unauthenticated(UnauthorizedException e) {
        return challenge("send the header 'Authorization: Bearer TOKEN'", "Bearer");
    }

    /** A token that is not ours. */
    @ServerExceptionMapper
    public Response authenticationFailed(AuthenticationFailedException e) {
        return challenge("the bearer token is not valid", "Bearer error=\"invalid_token\"");
    }

    /** A caller who may not. */
    @ServerExceptionMapper
    public Response forbidden(ForbiddenException e) {
        return document(ProblemCode.FORBIDDEN, "the caller may not do this", List.of());
    }

    /** Bodies whose fields break Bean Validation. */
    @ServerExceptionMapper({ResteasyReactiveViolationException.class, ConstraintViolationException.class})
    public Response invalid(ConstraintViolationException e) {
        List<FieldProblem> errors = e.getConstraintViolations().stream()
                .map(violation ->
                        new FieldProblem(FieldNames.ofParameter(violation.getPropertyPath()), violation.getMessage()))
                .sorted(java.util.Comparator.comparing(FieldProblem::field))
                .toList();
        return document(ProblemCode.INVALID_REQUEST, FieldNames.summary(errors), errors);
    }

    /** JSON that does not have the expected shape. */
    @ServerExceptionMapper
    public Response mismatch(MismatchedInputException e) {
        return json(e);
    }

    /** What the framework refuses: unknown paths, methods, media types, unreadable bodies. */
    @ServerExceptionMapper
    public Response web(WebApplicationException e) {
        if (e.getCause() instanceof JsonProcessingException json) {
            return json(json);
        }
        int status = e.getResponse().getStatus();
        ProblemCode code = code(status);
        if (code == null) {
            return unexpected(e);
        }
        Response.ResponseBuilder response =
                ProblemDocument.of(code, detail(code), List.of()).response();
        String allow = e.getResponse().getHeaderString(HttpHeaders.ALLOW);
        if (allow != null) {
            response.header(HttpHeaders.ALLOW, allow);
        }
        return response.build();
    }

    /** Everything else: an outage, or a fault of ours. */
    @ServerExceptionMapper
    public Response unexpected(Throwable e) {
        if (Outage.isOutage(e)) {
            LOG.warnf("the database cannot be used: %s", e);
            return document(ProblemCode.UNAVAILABLE, "the database cannot be reached at the moment", List.of());
        }
        LOG.error("a request failed", e);
        return document(ProblemCode.INTERNAL_ERROR, "the request could not be served; the log says why", List.of());
    }

    private static Response json(JsonProcessingException e) {
        FieldProblem problem = JsonProblems.describe(e);
        List<FieldProblem> errors = problem.field().isEmpty() ? List.of() : List.of(problem);
        String detail = problem.field().isEmpty() ? problem.message() : FieldNames.summary(errors);
        return document(ProblemCode.INVALID_REQUEST, detail, errors);
    }

    private static Response challenge(String detail, String challenge) {
        return ProblemDocument.of(ProblemCode.UNAUTHENTICATED, detail, List.of())
                .response()
                .header(HttpHeaders.WWW_AUTHENTICATE, challenge)
                .build();
    }

    private static Response document(ProblemCode code, String detail, List<FieldProblem> errors) {
        return ProblemDocument.of(code, detail, errors).response().build();
    }

    private static @Nullable ProblemCode code(int status) {
        return switch (status) {
            case 400 -> ProblemCode.INVALID_REQUEST;
            case 401 -> ProblemCode.UNAUTHENTICATED;
            case 403 -> ProblemCode.FORBIDDEN;
            case 404 -> ProblemCode.NOT_FOUND;
            case 405 -> ProblemCode.METHOD_NOT_ALLOWED;
            case 406 -> ProblemCode.NOT_ACCEPTABLE;
            case 413 -> ProblemCode.TOO_LARGE;
            case 415 -> ProblemCode.UNSUPPORTED_MEDIA_TYPE;
            case 503 -> ProblemCode.UNAVAILABLE;
            default -> null;
        };
    }

    private static String detail(ProblemCode code) {
        return switch (code) {
            case NOT_FOUND -> "there is nothing at this path";
            case METHOD_NOT_ALLOWED -> "the path exists, but not for this method";
            case NOT_ACCEPTABLE -> "none of the accepted media types can be given";
            case UNSUPPORTED_MEDIA_TYPE -> "the body's Content-Type is missing or not one this path takes";
            case TOO_LARGE -> "the body is larger than this path takes";
            case INVALID_REQUEST -> "the body cannot be read";
            default -> code.title();
        };
    }
}
