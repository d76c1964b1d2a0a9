package dev.netbase.api.platform.problem;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.problem.ProblemCode;
import jakarta.ws.rs.core.Response;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/**
 * A problem detail of RFC 9457.
 *
 * @param type a URN made of the code
 * @param code the stable name to act on
 * @param detail what is wrong with this request, for a person
 * @param retryable whether the same request may succeed later
 * @param errors the fields that are wrong, if the problem lies in fields
 */
@Schema(name = "Problem")
public record ProblemDocument(
        String type,
        String title,
        int status,
        String code,
        String detail,
        boolean retryable,
        @JsonInclude(JsonInclude.Include.NON_EMPTY) List<FieldProblem> errors) {
    /** The media type of problem details. */
    public static final String MEDIA_TYPE = "application/problem+json";

    /** The document for a problem. */
    public static ProblemDocument of(ProblemCode code, String detail, List<FieldProblem> errors) {
        return new ProblemDocument(
                "urn:netbase:problem:" + code.code(),
                code.title(),
                code.status(),
                code.code(),
                detail,
                code.retryable(),
                errors);
    }

    /** A response that carries it. */
    public Response.ResponseBuilder response() {
        return Response.status(status).type(MEDIA_TYPE).entity(this);
    }
}
