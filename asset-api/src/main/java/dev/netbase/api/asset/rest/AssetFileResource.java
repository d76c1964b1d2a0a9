package dev.netbase.api.asset.rest;

import dev.netbase.api.asset.application.ModuleStore;
import dev.netbase.api.asset.application.VersionRepository;
import dev.netbase.api.asset.domain.StoredFile;
import dev.netbase.api.platform.content.FileContent;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.platform.security.Users;
import dev.netbase.model.asset.FileType;
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
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.logging.Logger;
import org.jboss.resteasy.reactive.RestPath;
import org.jspecify.annotations.Nullable;

/** The content of published files. */
@Path("/api/v1/asset-files")
@RolesAllowed(Users.ADMIN)
@Tag(name = "Asset packages")
public class AssetFileResource {
    private static final Logger LOG = Logger.getLogger(AssetFileResource.class);

    private final VersionRepository versions;
    private final ModuleStore store;
    private final Vertx vertx;

    AssetFileResource(VersionRepository versions, ModuleStore store, Vertx vertx) {
        this.versions = versions;
        this.store = store;
        this.vertx = vertx;
    }

    /** Sends the bytes of a file, or the range of them that is asked for. */
    @GET
    @Path("/{id}/content")
    @Operation(summary = "Read a file", description = "Knows entity tags and ranges of bytes.")
    @APIResponse(responseCode = "200", description = "The bytes")
    @APIResponse(responseCode = "206", description = "The range of bytes asked for")
    @APIResponse(responseCode = "304", description = "Not changed: published files never do")
    @APIResponse(responseCode = "404", description = "file-not-found")
    @APIResponse(responseCode = "416", description = "range-not-satisfiable")
    public Uni<Response> content(
            @RestPath String id,
            @HeaderParam(HttpHeaders.IF_NONE_MATCH) @Nullable String ifNoneMatch,
            @HeaderParam("If-Range") @Nullable String ifRange,
            @HeaderParam("Range") @Nullable String range) {
        FileContent.Conditions conditions = new FileContent.Conditions(ifNoneMatch, ifRange, range);
        return versions.file(FileIds.parse(id)).flatMap(found -> {
            StoredFile file = found.orElseThrow(() -> FileIds.notFound(id));
            return vertx.executeBlocking(() -> respond(file, conditions));
        });
    }

    private Response respond(StoredFile stored, FileContent.Conditions conditions) {
        var file = stored.file();
        return store.find(stored.packageNanoid(), stored.versionString(), file.relativePath())
                .map(path -> new FileContent(path, file.checksum(), file.sizeBytes(), mediaType(file.fileType()))
                        .respond(conditions))
                .orElseThrow(() -> {
                    LOG.errorf("the module store has lost a published file: %s", stored);
                    return new ProblemException(
                            ProblemCode.INTERNAL_ERROR, "the file was published, but its content is gone");
                });
    }

    private static String mediaType(FileType type) {
        return switch (type) {
            case WASM -> "application/wasm";
            case CONFIG_JSON -> MediaType.APPLICATION_JSON;
            case SQL_SCRIPT, DOCKERFILE, README_MD -> "text/plain;charset=UTF-8";
            case OTHER -> MediaType.APPLICATION_OCTET_STREAM;
        };
    }
}
