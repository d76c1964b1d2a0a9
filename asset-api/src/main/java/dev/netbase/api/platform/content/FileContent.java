package dev.netbase.api.platform.content;

import dev.netbase.api.platform.problem.ProblemDocument;
import dev.netbase.model.problem.ProblemCode;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.Response;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jboss.resteasy.reactive.PathPart;
import org.jspecify.annotations.Nullable;

/**
 * An immutable file as a response, whole or in part.
 *
 * @param sha256 the digest of the content in lower-case hex
 * @param size in bytes
 */
public record FileContent(Path path, String sha256, long size, String mediaType) {
    /** The request headers that decide what is sent. */
    public record Conditions(
            @Nullable String ifNoneMatch,
            @Nullable String ifRange,
            @Nullable String range) {}

    /** The response that the conditions ask for: 200, 206, 304 or 416. */
    public Response respond(Conditions conditions) {
        String tag = "\"sha256:" + sha256 + "\"";
        if (conditions.ifNoneMatch() != null && matches(conditions.ifNoneMatch(), tag)) {
            return headers(Response.status(Response.Status.NOT_MODIFIED), tag).build();
        }
        boolean ranged = conditions.range() != null
                && (conditions.ifRange() == null || conditions.ifRange().equals(tag));
        Optional<ByteRange> range =
                ranged && conditions.range() != null ? ByteRange.parse(conditions.range(), size) : Optional.empty();
        if (range.isEmpty()) {
            return headers(Response.ok(whole(), mediaType), tag).build();
        }
        return switch (range.get()) {
            case ByteRange.Part part ->
                headers(
                                Response.status(Response.Status.PARTIAL_CONTENT)
                                        .entity(new PathPart(path, part.first(), part.length()))
                                        .type(mediaType),
                                tag)
                        .header("Content-Range", "bytes " + part.first() + "-" + part.last() + "/" + size)
                        .build();
            case ByteRange.Unsatisfiable nothing ->
                ProblemDocument.of(ProblemCode.RANGE_NOT_SATISFIABLE, "the content has " + size + " bytes", List.of())
                        .response()
                        .header("Content-Range", "bytes */" + size)
                        .build();
        };
    }

    private Object whole() {
        return size == 0 ? "" : path;
    }

    private static Response.ResponseBuilder headers(Response.ResponseBuilder response, String tag) {
        return response.header(HttpHeaders.ETAG, tag)
                .header("Accept-Ranges", "bytes")
                .header(HttpHeaders.CACHE_CONTROL, "private, max-age=31536000, immutable");
    }

    private static boolean matches(String ifNoneMatch, String tag) {
        for (String candidate : ifNoneMatch.split(",", -1)) {
            String stripped = candidate.strip();
            if (stripped.equals("*") || stripped.equals(tag) || stripped.equals("W/" + tag)) {
                return true;
            }
        }
        return false;
    }
}
