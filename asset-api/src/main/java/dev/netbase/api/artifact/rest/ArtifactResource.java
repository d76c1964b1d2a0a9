package dev.netbase.api.artifact.rest;

import dev.netbase.api.platform.content.FileContent;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.platform.security.Users;
import dev.netbase.model.artifact.ArtifactStore;
import dev.netbase.model.problem.ProblemCode;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.core.Vertx;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** Artifacts: files that tasks left, and values too large to pass inline. */
@Path("/api/v1/artifacts")
@RolesAllowed(Users.ADMIN)
@Tag(name = "Artifacts", description = "Immutable bytes, known by their SHA-256.")
public class ArtifactResource {
    private final ArtifactStore artifacts;
    private final Vertx vertx;

    ArtifactResource(ArtifactStore artifacts, Vertx vertx) {
        this.artifacts = artifacts;
        this.vertx = vertx;
    }

    /** Sends the bytes of an artifact, or the range of them that is asked for. */
    @GET
    @Path("/{sha256}")
    @Operation(summary = "Read an artifact", description = "Knows entity tags and ranges of bytes.")
    @APIResponse(responseCode = "200", description = "The bytes")
    @APIResponse(responseCode = "206", description = "The range of bytes asked for")
    @APIResponse(responseCode = "404", description = "artifact-not-found")
    public Uni<Response> get(
            @RestPath String sha256,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            @HeaderParam("If-Range") @Nullable String ifRange,
            @HeaderParam("Range") @Nullable String range) {
        FileContent.Conditions conditions = new FileContent.Conditions(ifNoneMatch, ifRange, range);
        return vertx.executeBlocking(() -> respond(sha256, conditions));
    }

    private Response respond(String sha256, FileContent.Conditions conditions) throws IOException {
        java.nio.file.Path path = artifacts
                .locate(sha256)
                .orElseThrow(() ->
                        new ProblemException(ProblemCode.ARTIFACT_NOT_FOUND, "there is no artifact '" + sha256 + "'"));
        return new FileContent(path, sha256, Files.size(path), MediaType.APPLICATION_OCTET_STREAM).respond(conditions);
    }
}
