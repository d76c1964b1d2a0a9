package dev.netbase.api.schedule.persistence;

import dev.netbase.api.platform.paging.Page;
import dev.netbase.api.platform.paging.PageRequest;
import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.schedule.application.ScheduleRepository;
import dev.netbase.api.schedule.domain.Schedule;
import dev.netbase.api.schedule.domain.Tick;
import dev.netbase.model.problem.ProblemCode;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Schedules in the table {@code schedules}. */
@ApplicationScoped
public class SqlScheduleRepository implements ScheduleRepository {
    private static final String COLUMNS = """
            s.id, s.name, w.name as workflow, s.version, s.cron, s.time_zone, s.inputs::text as inputs, s.priority,
            s.catch_up, s.overlap, s.paused, case when not s.paused then s.next_at end as next_at, s.last_run_id,
            s.owner_id, s.created_at, s.updated_at""";

    private static final String INSERT = """
            with s as (
                insert into schedules (name, workflow_id, version, cron, time_zone, inputs, priority, catch_up, overlap,
                    paused, next_at, owner_id)
                values ($1, $2, $3::int, $4, $5, $6::text::json, $7::int, $8, $9, $10, $11::timestamptz, $12)
                on conflict (name) do nothing returning *)
            select %s from s join workflows w on w.id = s.workflow_id""".formatted(COLUMNS);

    private static final String UPDATE = """
            with s as (
                update schedules set version = $2::int, cron = $3, time_zone = $4, inputs = $5::text::json,
                    priority = $6::int, catch_up = $7, overlap = $8, paused = $9, next_at = $10::timestamptz,
                    updated_at = now()
                where id = $1 returning *)
            select %s from s join workflows w on w.id = s.workflow_id""".formatted(COLUMNS);

    private static final String FIND =
            "select " + COLUMNS + " from schedules s join workflows w on w.id = s.workflow_id where s.id = $1";

    private static final String LIST = "select " + COLUMNS + """

            from schedules s join workflows w on w.id = s.workflow_id
            where ($1::text is null or w.name = $1::text) order by s.name limit $2::bigint offset $3::bigint""";

    private static final String COUNT = """
            select count(*) as total from schedules s join workflows w on w.id = s.workflow_id
            where ($1::text is null or w.name = $1::text)""";

    private static final String DELETE = """
            with gone as (delete from schedules where id = $1 returning id),
            ticks as (delete from schedule_ticks where schedule_id = $1)
            select id from gone""";

    private static final String COUNT_TICKS = """
            select (select count(*) from schedule_ticks t where t.schedule_id = s.id) as total
            from schedules s where s.id = $1""";

    private static final String TICKS = """
            select tick_at, outcome, run_id, reason, decided_at from schedule_ticks
            where schedule_id = $1 order by tick_at desc limit $2::bigint offset $3::bigint""";

    private final Pool pool;

    SqlScheduleRepository(Pool pool) {
        this.pool = pool;
    }

    @Override
    public Uni<Schedule> create(String name, long workflowId, Settings settings, long ownerId) {
        return pool.preparedQuery(INSERT)
                .execute(with(Tuple.of(name, workflowId), settings).addLong(ownerId))
                .map(rows -> first(rows)
                        .orElseThrow(() -> new ProblemException(
                                ProblemCode.SCHEDULE_NAME_TAKEN, "there is a schedule of the name '" + name + "'")));
    }

    @Override
    public Uni<Optional<Schedule>> update(long id, Settings settings) {
        return pool.preparedQuery(UPDATE).execute(with(Tuple.of(id), settings)).map(SqlScheduleRepository::first);
    }

    private static Tuple with(Tuple arguments, Settings settings) {
        return arguments
                .addInteger(settings.version())
                .addString(settings.cron())
                .addString(settings.timeZone())
                .addString(settings.inputs())
                .addInteger(settings.priority())
                .addString(settings.catchUp())
                .addString(settings.overlap())
                .addBoolean(settings.paused())
                .addOffsetDateTime(settings.nextAt());
    }

    @Override
    public Uni<Optional<Schedule>> find(long id) {
        return pool.preparedQuery(FIND).execute(Tuple.of(id)).map(SqlScheduleRepository::first);
    }

    @Override
    public Uni<Page<Schedule>> list(@Nullable String workflow, PageRequest page) {
        return pool.preparedQuery(LIST)
                .execute(Tuple.of(workflow, page.size(), page.offset()))
                .flatMap(rows -> pool.preparedQuery(COUNT)
                        .execute(Tuple.of(workflow))
                        .map(count -> Page.of(
                                map(rows, SqlScheduleRepository::schedule),
                                page,
                                count.iterator().next().getLong("total"))));
    }

    @Override
    public Uni<Boolean> delete(long id) {
        return pool.preparedQuery(DELETE).execute(Tuple.of(id)).map(rows -> rows.size() > 0);
    }

    @Override
    public Uni<Optional<Page<Tick>>> ticks(long id, PageRequest page) {
        return pool.preparedQuery(COUNT_TICKS).execute(Tuple.of(id)).flatMap(counts -> {
            if (counts.size() == 0) {
                return Uni.createFrom().item(Optional.<Page<Tick>>empty());
            }
            long total = counts.iterator().next().getLong("total");
            return pool.preparedQuery(TICKS)
                    .execute(Tuple.of(id, page.size(), page.offset()))
                    .map(rows -> Optional.of(Page.of(map(rows, SqlScheduleRepository::tick), page, total)));
        });
    }

    private static Optional<Schedule> first(RowSet<Row> rows) {
        return map(rows, SqlScheduleRepository::schedule).stream().findFirst();
    }

    private static Schedule schedule(Row row) {
        return new Schedule(
                row.getLong("id"),
                row.getString("name"),
                row.getString("workflow"),
                row.getInteger("version"),
                row.getString("cron"),
                row.getString("time_zone"),
                row.getString("inputs"),
                row.getInteger("priority"),
                row.getString("catch_up"),
                row.getString("overlap"),
                row.getBoolean("paused"),
                row.getOffsetDateTime("next_at"),
                row.getString("last_run_id"),
                row.getLong("owner_id"),
                row.getOffsetDateTime("created_at"),
                row.getOffsetDateTime("updated_at"));
    }

    private static Tick tick(Row row) {
        return new Tick(
                row.getOffsetDateTime("tick_at"),
                row.getString("outcome"),
                row.getString("run_id"),
                row.getString("reason"),
                row.getOffsetDateTime("decided_at"));
    }

    private static <T> List<T> map(RowSet<Row> rows, Function<Row, T> mapper) {
        List<T> items = new ArrayList<>(rows.size());
        rows.forEach(row -> items.add(mapper.apply(row)));
        return items;
    }
}
