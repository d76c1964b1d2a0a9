package dev.netbase.api.asset.rest;

import dev.netbase.api.asset.application.PackageRepository;
import dev.netbase.api.asset.domain.AssetPackage;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.platform.security.Users;
import dev.netbase.api.platform.validation.Names;
import dev.netbase.model.id.Ids;
import dev.netbase.model.problem.ProblemCode;
import io.smallrye.mutiny.Uni;
import jakarta.annotation.security.RolesAllowed;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.DefaultValue;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.POST;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.core.MediaType;
import java.net.URI;
import org.eclipse.microprofile.openapi.annotations.Operation;
import org.eclipse.microprofile.openapi.annotations.responses.APIResponse;
import org.eclipse.microprofile.openapi.annotations.tags.Tag;
import org.jboss.resteasy.reactive.RestPath;
import org.jboss.resteasy.reactive.RestResponse;
import org.jspecify.annotations.Nullable;

/** Asset packages. */
@Path("/api/v1/asset-packages")
@Produces(MediaType.APPLICATION_JSON)
@RolesAllowed(Users.ADMIN)
@Tag(name = "Asset packages", description = "Named series of immutable versions, each a set of files.")
public class PackageResource {
    private final PackageRepository packages;
    private final Users users;

    PackageResource(PackageRepository packages, Users users) {
        this.packages = packages;
        this.users = users;
    }

    /**
     * A package to be made.
     *
     * @param name 1 to 200 characters, unique in the installation, no control characters, no space at either end
     * @param description up to 4,000 characters
     */
    public record NewPackage(
            @NotNull(message = "must be given") @Pattern(regexp = Names.FREE, message = Names.FREE_RULE)
            String name,

            @Nullable
            @Size(max = Names.MAX_DESCRIPTION, message = Names.DESCRIPTION_RULE)
            @Pattern(regexp = Names.TEXT, message = Names.TEXT_RULE)
            String description) {}

    /** Makes an empty package. */
    @POST
    @Consumes(MediaType.APPLICATION_JSON)
    @Operation(summary = "Make a package")
    @APIResponse(responseCode = "201", description = "The package")
    @APIResponse(responseCode = "409", description = "package-name-taken")
    public Uni<RestResponse<AssetPackage>> create(@NotNull(message = "must be given") @Valid NewPackage body) {
        return users.callerId()
                .flatMap(owner -> packages.create(Ids.packageId(), body.name(), body.description(), owner))
                .map(made -> RestResponse.ResponseBuilder.<AssetPackage>created(
                                URI.create("/api/v1/asset-packages/" + made.nanoid()))
                        .entity(made)
                        .build());
    }

    /** Lists packages, newest first. */
    @GET
    @Operation(summary = "List packages, newest first", description = "name: a part of the name, whatever the case.")
    public Uni<Page<AssetPackage>> list(
            @QueryParam("name") @DefaultValue("") String name,
            @QueryParam("page") @Nullable String page,
            @QueryParam("size") @Nullable String size) {
        if (name.indexOf('\0') >= 0) {
            throw ProblemException.invalidField("name", "must not contain a control character");
        }
        return packages.list(name, PageRequest.parse(page, size));
    }

    /** Shows one package. */
    @GET
    @Path("/{nanoid}")
    @Operation(summary = "Show a package")
    @APIResponse(responseCode = "404", description = "package-not-found")
    public Uni<AssetPackage> get(@RestPath String nanoid) {
        return packages.find(nanoid).map(found -> found.orElseThrow(() -> notFound(nanoid)));
    }

    static ProblemException notFound(String nanoid) {
        return new ProblemException(ProblemCode.PACKAGE_NOT_FOUND, "there is no package '" + nanoid + "'");
    }
}
