package dev.netbase.worker.group.postgres;

import dev.netbase.worker.group.application.LeaseStore;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.wasm.EngineVersion;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Leases in {@code workers}. */
@Singleton
public class PgLeaseStore implements LeaseStore {
    /** Epochs grow with the clock, so that a name whose row was deleted never gets one of its old epochs again. */
    private static final String REGISTER = """
            with registered as (
                insert into workers (id, epoch, deadline)
                values ($1::text, (extract(epoch from clock_timestamp()) * 1000)::bigint,
                        clock_timestamp() + $2::bigint * interval '1 millisecond')
                on conflict (id) do update
                set epoch = greatest(workers.epoch + 1, excluded.epoch), deadline = excluded.deadline,
                    started_at = now()
                returning id, epoch
            ), noted as (
                insert into worker_engines (worker_id, epoch, engine) select id, epoch, $3::text from registered
                on conflict (worker_id, epoch) do nothing
            )
            select epoch from registered""";

    /** RENEWED, LOST or TAKEN_OVER. */
    private static final String RENEW = """
            with renewed as (
                update workers set deadline = clock_timestamp() + $3::bigint * interval '1 millisecond'
                where id = $1::text and epoch = $2::bigint and not exists (
                    select from lost_workers where worker_id = $1::text and worker_epoch = $2::bigint)
                returning 1
            )
            select case
                when exists (select from renewed) then 'RENEWED'
                when exists (select from workers
                             where id = $1::text and epoch > $2::bigint and deadline > clock_timestamp())
                    then 'TAKEN_OVER'
                else 'LOST' end as renewal""";

    /** What the worker had is nobody's fault. If its loss was noticed first, what was found then stands. */
    private static final String GIVE_BACK = """
            insert into lost_workers (worker_id, worker_epoch, gave_back, tasks, isolated)
            values ($1::text, $2::bigint, true, 0, false) on conflict do nothing""";

    /** The negative of an epoch is one that no lease has. */
    private static final String GIVE_BACK_TASKS = """
            with given_back as (
                update task_instances t set worker_epoch = - $2::bigint
                from unnest($3::text[], $4::bigint[], $5::int[]) x (run_id, id, attempt)
                where t.run_id = x.run_id and t.id = x.id and t.attempt = x.attempt and t.status = 'RUNNING'
                    and t.worker_id = $1::text and t.worker_epoch = $2::bigint
                returning t.id
            )
            insert into lost_workers (worker_id, worker_epoch, gave_back, tasks, isolated)
            select $1::text, - $2::bigint, true, count(*), false from given_back having count(*) > 0
            on conflict do nothing""";

    private static final String RELEASE =
            "with given_back as (" + GIVE_BACK + ") delete from workers where id = $1::text and epoch = $2::bigint";
    private static final String CANCELLING = "select id from workflow_runs where id = any ($1::text[]) and cancelling";

    private static final String STOPPING = """
            select t.run_id, t.id, t.attempt
            from run_nodes n join task_instances t on t.run_id = n.run_id and t.node_key = n.node_key
            where n.run_id = any ($1::text[]) and n.status = 'STOPPING' and t.status = 'RUNNING'""";

    private final Statements statements;

    public PgLeaseStore(Statements statements) {
        this.statements = statements;
    }

    @Override
    public Uni<Lease> register(String workerId, Duration length) {
        return statements
                .run(REGISTER, workerId, length.toMillis(), EngineVersion.NAME)
                .map(rows -> new Lease(workerId, rows.iterator().next().getLong("epoch")));
    }

    @Override
    public Uni<Renewal> renew(Lease lease, Duration length) {
        return statements
                .run(RENEW, lease.workerId(), lease.epoch(), length.toMillis())
                .map(rows -> Renewal.valueOf(rows.iterator().next().getString("renewal")));
    }

    @Override
    public Uni<Void> giveBack(Lease lease) {
        return statements.run(GIVE_BACK, lease.workerId(), lease.epoch()).replaceWithVoid();
    }

    @Override
    public Uni<Void> giveBack(Lease lease, Collection<TaskKey> tasks) {
        return statements
                .run(
                        GIVE_BACK_TASKS,
                        lease.workerId(),
                        lease.epoch(),
                        tasks.stream().map(TaskKey::runId).toArray(String[]::new),
                        tasks.stream().map(TaskKey::taskInstanceId).toArray(Long[]::new),
                        tasks.stream().map(TaskKey::attempt).toArray(Integer[]::new))
                .replaceWithVoid();
    }

    @Override
    public Uni<Void> release(Lease lease) {
        return statements.run(RELEASE, lease.workerId(), lease.epoch()).replaceWithVoid();
    }

    @Override
    public Uni<Set<String>> cancelling(Collection<String> runIds) {
        return statements
                .run(CANCELLING, (Object) runIds.toArray(String[]::new))
                .map(rows -> {
                    Set<String> cancelling = new HashSet<>();
                    for (Row row : rows) {
                        cancelling.add(row.getString("id"));
                    }
                    return cancelling;
                });
    }

    @Override
    public Uni<Set<TaskKey>> stopping(Collection<String> runIds) {
        return statements.run(STOPPING, (Object) runIds.toArray(String[]::new)).map(rows -> {
            Set<TaskKey> stopping = new HashSet<>();
            for (Row row : rows) {
                stopping.add(new TaskKey(row.getString("run_id"), row.getLong("id"), row.getInteger("attempt")));
            }
            return stopping;
        });
    }
}
