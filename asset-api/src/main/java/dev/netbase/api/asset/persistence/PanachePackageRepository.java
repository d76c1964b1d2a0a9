package dev.netbase.api.asset.persistence;

import dev.netbase.api.asset.application.PackageRepository;
import dev.netbase.api.asset.domain.AssetPackage;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.model.persistence.AssetPackageEntity;
import dev.netbase.model.problem.ProblemCode;
import io.quarkus.hibernate.reactive.panache.PanacheQuery;
import io.quarkus.hibernate.reactive.panache.PanacheRepository;
import io.quarkus.hibernate.reactive.panache.common.WithSession;
import io.quarkus.hibernate.reactive.panache.common.WithTransaction;
import io.smallrye.mutiny.Uni;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.Locale;
import java.util.Optional;
import org.hibernate.exception.ConstraintViolationException;
import org.jspecify.annotations.Nullable;

/** Packages as entities. */
@ApplicationScoped
public class PanachePackageRepository implements PackageRepository, PanacheRepository<AssetPackageEntity> {
    @Override
    @WithTransaction
    public Uni<AssetPackage> create(String nanoid, String name, @Nullable String description, long ownerId) {
        return persistAndFlush(new AssetPackageEntity(nanoid, name, description, ownerId))
                .map(PanachePackageRepository::toDomain)
                .onFailure(ConstraintViolationException.class)
                .transform(e -> new ProblemException(
                        ProblemCode.PACKAGE_NAME_TAKEN, "there is a package of the name '" + name + "'"));
    }

    @Override
    @WithSession
    public Uni<Page<AssetPackage>> list(String namePart, PageRequest page) {
        // position() rather than like, so that % and _ stand for themselves
        PanacheQuery<AssetPackageEntity> query = find(
                "?1 = '' or position(?1 in lower(name)) > 0 order by createdAt desc, id desc",
                namePart.toLowerCase(Locale.ROOT));
        return query.page(page.page(), page.size())
                .list()
                .flatMap(items -> query.count()
                        .map(total -> Page.of(
                                items.stream()
                                        .map(PanachePackageRepository::toDomain)
                                        .toList(),
                                page,
                                total)));
    }

    @Override
    @WithSession
    public Uni<Optional<AssetPackage>> find(String nanoid) {
        return find("nanoid", nanoid)
                .firstResult()
                .map(entity -> Optional.ofNullable(entity).map(PanachePackageRepository::toDomain));
    }

    private static AssetPackage toDomain(AssetPackageEntity entity) {
        return new AssetPackage(
                entity.id(),
                entity.nanoid(),
                entity.name(),
                entity.description(),
                entity.ownerId(),
                entity.createdAt());
    }
}
