package dev.netbase.api.asset.persistence;

import dev.netbase.api.asset.application.VersionRepository;
import dev.netbase.api.asset.domain.AssetFile;
import dev.netbase.api.asset.domain.AssetPackage;
import dev.netbase.api.asset.domain.AssetVersion;
import dev.netbase.api.asset.domain.NewVersion;
import dev.netbase.api.asset.domain.NewVersion.NewFile;
import dev.netbase.api.asset.domain.StoredFile;
import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.model.asset.FileType;
import dev.netbase.model.file.FileSource;
import dev.netbase.model.problem.ProblemCode;
import io.smallrye.mutiny.Uni;
import io.smallrye.mutiny.infrastructure.Infrastructure;
import io.smallrye.mutiny.unchecked.Unchecked;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import io.vertx.pgclient.PgException;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.StreamSupport;

/** Versions in SQL: up to 10,000 file rows go in with one statement, and the version's lock needs its transaction. */
@ApplicationScoped
public class SqlVersionRepository implements VersionRepository {
    private static final String PACKAGE =
            "select id, nanoid, name, description, owner_id, created_at from asset_packages where nanoid = $1";
    private static final String LOCK =
            "select pg_advisory_xact_lock(hashtextextended('netbase.version/' || $1 || '/' || $2, 0))";
    private static final String EXISTS = """
            select 1 from asset_versions v join asset_packages p on p.id = v.package_id
            where p.nanoid = $1 and v.version_string = $2""";
    private static final String INSERT_VERSION = """
            insert into asset_versions (package_id, version_string, precedence, description)
            values ($1, $2, $3, $4) returning id, created_at""";
    private static final String INSERT_FILES = """
            insert into asset_files (version_id, file_type, relative_path, checksum, size_bytes, default_config)
            select $1, f.file_type, f.relative_path, f.checksum, f.size_bytes, f.default_config::json
            from unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::text[])
                as f (file_type, relative_path, checksum, size_bytes, default_config)""";
    private static final String FILES = """
            select id, file_type, relative_path, checksum, size_bytes from asset_files
            where version_id = $1 order by relative_path collate "C\"""";
    private static final String PUBLISHED = """
            select a.nanoid, a.version, a.path
            from unnest($1::text[], $2::text[], $3::text[]) a (nanoid, version, path)
            join asset_packages p on p.nanoid = a.nanoid
            join asset_versions v on v.package_id = p.id and v.version_string = a.version
            join asset_files f on f.version_id = v.id and f.relative_path = a.path""";
    private static final String LIST = """
            select v.id, v.version_string, v.description, v.created_at, count(*) over () as total
            from asset_versions v join asset_packages p on p.id = v.package_id
            where p.nanoid = $1 order by v.precedence desc, v.id desc limit $2 offset $3""";
    private static final String COUNT = """
            select count(*) as total from asset_versions v join asset_packages p on p.id = v.package_id
            where p.nanoid = $1""";
    private static final String VERSION_ID = """
            select v.id from asset_versions v join asset_packages p on p.id = v.package_id
            where p.nanoid = $1 and v.version_string = $2""";
    private static final String FILE = """
            select f.id, f.file_type, f.relative_path, f.checksum, f.size_bytes, v.version_string, p.nanoid
            from asset_files f join asset_versions v on v.id = f.version_id join asset_packages p on p.id = v.package_id
            where f.id = $1""";

    private final Pool pool;

    SqlVersionRepository(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<Optional<AssetPackage>> target(String packageNanoid) {
        return pool.preparedQuery(PACKAGE)
                .execute(Tuple.of(packageNanoid))
                .map(rows ->
                        map(rows, SqlVersionRepository::assetPackage).stream().findFirst());
    }

    @Override
    public Uni<Published> publish(NewVersion version, Placement placement) {
        String nanoid = version.assetPackage().nanoid();
        String number = version.version().text();
        return pool.withTransaction(connection -> isKnownUnderLock(connection, nanoid, number)
                .invoke(known -> {
                    if (known) {
                        throw new ProblemException(
                                ProblemCode.VERSION_EXISTS, "version '" + number + "' of '" + nanoid + "' exists");
                    }
                })
                .flatMap(known -> insert(connection, version))
                .call(published -> onWorker(placement)));
    }

    @Override
    public Uni<Void> ifUnknown(String packageNanoid, String version, Placement removal) {
        return pool.preparedQuery(EXISTS)
                .execute(Tuple.of(packageNanoid, version))
                .flatMap(rows -> rows.size() > 0
                        ? Uni.createFrom().voidItem()
                        : pool.withTransaction(connection -> isKnownUnderLock(connection, packageNanoid, version)
                                .flatMap(known -> known ? Uni.createFrom().voidItem() : onWorker(removal))));
    }

    @Override
    public Uni<Set<FileSource.Asset>> published(Collection<FileSource.Asset> files) {
        return pool.preparedQuery(PUBLISHED)
                .execute(Tuple.tuple()
                        .addArrayOfString(
                                files.stream().map(FileSource.Asset::nanoid).toArray(String[]::new))
                        .addArrayOfString(
                                files.stream().map(FileSource.Asset::version).toArray(String[]::new))
                        .addArrayOfString(
                                files.stream().map(FileSource.Asset::path).toArray(String[]::new)))
                .map(rows -> new HashSet<>(map(
                        rows,
                        row -> new FileSource.Asset(
                                row.getString("nanoid"), row.getString("version"), row.getString("path")))));
    }

    @Override
    public Uni<Page<AssetVersion>> list(String packageNanoid, PageRequest page) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(packageNanoid, page.size(), page.offset()))
                .flatMap(rows -> {
                    List<AssetVersion> versions = map(rows, row -> version(packageNanoid, row));
                    if (!versions.isEmpty()) {
                        return Uni.createFrom()
                                .item(Page.of(
                                        versions, page, rows.iterator().next().getLong("total")));
                    }
                    return pool.preparedQuery(COUNT)
                            .execute(Tuple.of(packageNanoid))
                            .map(counts -> Page.of(
                                    versions, page, counts.iterator().next().getLong("total")));
                });
    }

    @Override
    public Uni<Optional<List<AssetFile>>> files(String packageNanoid, String version) {
        return pool.preparedQuery(VERSION_ID)
                .execute(Tuple.of(packageNanoid, version))
                .flatMap(ids -> ids.size() == 0
                        ? Uni.createFrom().item(Optional.<List<AssetFile>>empty())
                        : pool.preparedQuery(FILES)
                                .execute(Tuple.of(ids.iterator().next().getLong("id")))
                                .map(rows -> Optional.of(map(rows, SqlVersionRepository::assetFile))));
    }

    @Override
    public Uni<Optional<StoredFile>> file(long id) {
        return pool.preparedQuery(FILE)
                .execute(Tuple.of(id))
                .map(rows -> map(
                                rows,
                                row -> new StoredFile(
                                        assetFile(row), row.getString("nanoid"), row.getString("version_string")))
                        .stream()
                        .findFirst());
    }

    private static Uni<Boolean> isKnownUnderLock(SqlConnection connection, String nanoid, String version) {
        Tuple key = Tuple.of(nanoid, version);
        return connection
                .preparedQuery(LOCK)
                .execute(key)
                .flatMap(locked -> connection.preparedQuery(EXISTS).execute(key))
                .map(rows -> rows.size() > 0);
    }

    private static Uni<Published> insert(SqlConnection connection, NewVersion version) {
        return connection
                .preparedQuery(INSERT_VERSION)
                .execute(Tuple.of(
                        version.assetPackage().id(),
                        version.version().text(),
                        version.version().precedence(),
                        version.description()))
                .map(rows -> rows.iterator().next())
                .flatMap(row -> {
                    long id = row.getLong("id");
                    AssetVersion inserted = new AssetVersion(
                            id,
                            version.assetPackage().nanoid(),
                            version.version().text(),
                            version.description(),
                            row.getOffsetDateTime("created_at"));
                    return insertFiles(connection, id, version.files()).map(files -> new Published(inserted, files));
                });
    }

    private static Uni<List<AssetFile>> insertFiles(SqlConnection connection, long versionId, List<NewFile> files) {
        Tuple rows = Tuple.of(versionId)
                .addArrayOfString(array(files, file -> file.fileType().name()))
                .addArrayOfString(array(files, file -> file.path().value()))
                .addArrayOfString(array(files, NewFile::checksum))
                .addArrayOfLong(files.stream().map(NewFile::sizeBytes).toArray(Long[]::new))
                .addArrayOfString(files.stream().map(NewFile::defaultConfig).toArray(String[]::new));
        return connection
                .preparedQuery(INSERT_FILES)
                .execute(rows)
                .onFailure(SqlVersionRepository::isSamePath)
                .transform(e -> new ProblemException(
                        ProblemCode.INVALID_PATH, "two paths differ only by case, by the database's rules"))
                .flatMap(inserted -> connection.preparedQuery(FILES).execute(Tuple.of(versionId)))
                .map(found -> map(found, SqlVersionRepository::assetFile));
    }

    private static boolean isSamePath(Throwable failure) {
        return failure instanceof PgException e && "asset_files_path".equals(e.getConstraint());
    }

    private static Uni<Void> onWorker(Placement placement) {
        return Uni.createFrom()
                .voidItem()
                .emitOn(Infrastructure.getDefaultWorkerPool())
                .invoke(Unchecked.consumer(nothing -> placement.run()));
    }

    private static String[] array(List<NewFile> files, Function<NewFile, String> value) {
        return files.stream().map(value).toArray(String[]::new);
    }

    private static AssetPackage assetPackage(Row row) {
        return new AssetPackage(
                row.getLong("id"),
                row.getString("nanoid"),
                row.getString("name"),
                row.getString("description"),
                row.getLong("owner_id"),
                row.getOffsetDateTime("created_at"));
    }

    private static AssetVersion version(String packageNanoid, Row row) {
        return new AssetVersion(
                row.getLong("id"),
                packageNanoid,
                row.getString("version_string"),
                row.getString("description"),
                row.getOffsetDateTime("created_at"));
    }

    private static AssetFile assetFile(Row row) {
        return new AssetFile(
                row.getLong("id"),
                FileType.valueOf(row.getString("file_type")),
                row.getString("relative_path"),
                row.getString("checksum"),
                row.getLong("size_bytes"));
    }

    private static <T> List<T> map(RowSet<Row> rows, Function<Row, T> mapper) {
        List<T> items = new ArrayList<>(rows.size());
        StreamSupport.stream(rows.spliterator(), false).map(mapper).forEach(items::add);
        return items;
    }
}
