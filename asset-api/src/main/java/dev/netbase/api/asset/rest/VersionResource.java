package dev.netbase.api.asset.rest;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.netbase.api.asset.application.PackageRepository;
import dev.netbase.api.asset.application.Publishing;
import dev.netbase.api.asset.application.VersionRepository;
import dev.netbase.api.asset.application.VersionRepository.Published;
import dev.netbase.api.asset.domain.AssetFile;
import dev.netbase.api.asset.domain.AssetVersion;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.platform.security.Users;
import dev.netbase.model.problem.ProblemCode;
import io.smallrye.common.annotation.RunOnVirtualThread;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.OffsetDateTime;
import java.util.List;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.media.Content;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.eclipse.microprofile.openapi.annotations.parameters.RequestBody;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Versions of asset packages. */
@Path("/api/v1/asset-packages/{nanoid}")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Users.ADMIN)
@Tag(name = "Asset packages")
public class VersionResource {
    private final PackageRepository packages;
    private final VersionRepository versions;
    private final Publishing publishing;
    private final ObjectMapper json;

    VersionResource(PackageRepository packages, VersionRepository versions, Publishing publishing, ObjectMapper json) {
        this.packages = packages;
        this.versions = versions;
        this.publishing = publishing;
        this.json = json;
    }

    /** A version with its files. */
    public record VersionWithFiles(
            long id,
            String packageNanoid,
            String versionString,
            @Nullable String description,
            OffsetDateTime createdAt,
            List<AssetFile> files) {
        static VersionWithFiles of(Published published) {
            AssetVersion version = published.version();
            return new VersionWithFiles(
                    version.id(),
                    version.packageNanoid(),
                    version.versionString(),
                    version.description(),
                    version.createdAt(),
                    published.files());
        }
    }

    /** Publishes a version. The body is read on a virtual thread as it arrives, so a slow upload holds up nobody. */
    @POST
    @Path("/versions")
    @Consumes(MediaType.MULTIPART_FORM_DATA)
    @RunOnVirtualThread
    @Operation(
            summary = "Publish a version",
            description = "One part 'metadata' (JSON: version_string, description?, files? with relative_path and"
                    + " file_type) and one or more parts 'file' whose filename is the relative path, in any order."
                    + " All or nothing.")
    @RequestBody(
            content =
                    @Content(
                            mediaType = MediaType.MULTIPART_FORM_DATA,
                            schema = @Schema(implementation = UploadSchema.class)))
    @APIResponse(responseCode = "201", description = "The version with its files")
    @APIResponse(responseCode = "409", description = "version-exists")
    @APIResponse(responseCode = "413", description = "too-large")
    @APIResponse(responseCode = "422", description = "invalid-version, invalid-path, invalid-module, invalid-config")
    public RestResponse<VersionWithFiles> publish(
            @RestPath String nanoid, @HeaderParam(HttpHeaders.CONTENT_TYPE) String contentType, InputStream body)
            throws IOException {
        Published published;
        try {
            published = publishing.publish(nanoid, new MultipartUpload(body, contentType, json));
        } catch (ProblemException e) {
            RestOfBody.discard(body);
            throw e;
        }
        return RestResponse.ResponseBuilder.<VersionWithFiles>created(URI.create("/api/v1/asset-packages/" + nanoid
                        + "/" + published.version().versionString() + "/files"))
                .entity(VersionWithFiles.of(published))
                .build();
    }

    /** The form as OpenAPI shows it. */
    interface UploadSchema {
        @Schema(description = "JSON with version_string, description and files")
        String metadata();

        @Schema(type = org.eclipse.microprofile.openapi.annotations.enums.SchemaType.ARRAY, implementation = byte.class)
        List<byte[]> file();
    }

    /** Lists versions, the highest first. */
    @GET
    @Path("/versions")
    @Operation(summary = "List versions, the highest first")
    @APIResponse(responseCode = "404", description = "package-not-found")
    public Uni<Page<AssetVersion>> list(
            @RestPath String nanoid,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        PageRequest request = PageRequest.parse(page, size);
        return versions.list(nanoid, request)
                .call(found -> found.total() > 0 ? Uni.createFrom().voidItem() : requirePackage(nanoid));
    }

    /** Lists the files of a version. */
    @GET
    @Path("/{version}/files")
    @Operation(summary = "List the files of a version")
    @APIResponse(responseCode = "404", description = "package-not-found, version-not-found")
    public Uni<List<AssetFile>> files(@RestPath String nanoid, @RestPath String version) {
        return versions.files(nanoid, version)
                .flatMap(found -> found.map(files -> Uni.createFrom().item(files))
                        .orElseGet(() -> requirePackage(nanoid)
                                .onItem()
                                .transformToUni(there -> Uni.createFrom()
                                        .failure(new ProblemException(
                                                ProblemCode.VERSION_NOT_FOUND,
                                                "there is no version '" + version + "' of package '" + nanoid
                                                        + "'")))));
    }

    private Uni<Void> requirePackage(String nanoid) {
        return packages.find(nanoid)
                .map(found -> found.orElseThrow(() -> PackageResource.notFound(nanoid)))
                .replaceWithVoid();
    }
}
