package dev.netbase.worker.group.postgres;

import dev.netbase.worker.group.application.ClaimStore;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import jakarta.inject.Singleton;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Claims in {@code task_instances}. */
@Singleton
public class PgClaimStore implements ClaimStore {
    /** One row per claimed task, or a single row without a task; each says whether the lease is valid. */
    static final String CLAIM = """
            with lease as materialized (
                select 1 from workers where id = $1::text and epoch = $2::bigint and deadline > clock_timestamp()
            ), claimed as (
                update task_instances t
                set status = 'RUNNING', worker_id = $1::text, worker_epoch = $2::bigint, started_at = clock_timestamp()
                from unnest($3::text[], $4::bigint[], $5::int[]) c(run_id, id, attempt), workflow_runs r
                where t.run_id = c.run_id and t.id = c.id and t.attempt = c.attempt
                  and (t.status = 'PENDING'
                       or (t.status = 'RUNNING' and t.worker_id = $1::text and t.worker_epoch = $2::bigint))
                  and r.id = t.run_id and not r.cancelling and r.finished_at is null
                  and exists (select from lease)
                returning t.run_id, t.id, t.attempt, t.group_id, t.item_index is not null as element, t.spec_id, t.timeout_ms,
                    t.inputs::text as inputs, t.files::text as files, t.deaths, r.owner_id,
                    (extract(epoch from clock_timestamp() - t.queued_at) * 1000000)::bigint as waited
            )
            select exists (select from lease) as held, claimed.*
            from (values (1)) always left join claimed on true""";

    private static final String ALONE = """
            update task_instances set alone = true
            where run_id = $1::text and id = $2::bigint and attempt = $3::int and status = 'RUNNING'
              and worker_id = $4::text and worker_epoch = $5::bigint""";

    /** A row that came between a claim and this question is PENDING: it must be asked for again, not dropped. */
    static final String CLAIMABLE = """
            select c.run_id, c.id, c.attempt from unnest($1::text[], $2::bigint[], $3::int[]) c(run_id, id, attempt)
            where not exists (
                select from task_instances t join workflow_runs r on r.id = t.run_id
                where t.run_id = c.run_id and t.id = c.id
                  and not (t.attempt = c.attempt and t.status = 'PENDING' and not r.cancelling
                           and r.finished_at is null))""";

    private final Statements statements;

    public PgClaimStore(Statements statements) {
        this.statements = statements;
    }

    @Override
    public Uni<Answer> claim(Lease lease, Collection<TaskKey> keys) {
        KeyColumns columns = new KeyColumns(keys);
        return statements
                .run(CLAIM, lease.workerId(), lease.epoch(), columns.runIds, columns.ids, columns.attempts)
                .map(rows -> answer(lease, rows));
    }

    @Override
    public Uni<Boolean> markAlone(Claim claim) {
        TaskKey key = claim.key();
        Lease lease = claim.lease();
        return statements
                .run(ALONE, key.runId(), key.taskInstanceId(), key.attempt(), lease.workerId(), lease.epoch())
                .map(rows -> rows.rowCount() == 1);
    }

    @Override
    public Uni<Set<TaskKey>> claimable(Collection<TaskKey> keys) {
        KeyColumns columns = new KeyColumns(keys);
        return statements
                .run(CLAIMABLE, columns.runIds, columns.ids, columns.attempts)
                .map(KeyColumns::keys);
    }

    private static Answer answer(Lease lease, RowSet<Row> rows) {
        List<Claim> claims = new ArrayList<>(rows.size());
        for (Row row : rows) {
            if (!row.getBoolean("held")) {
                return new LeaseNotHeld();
            }
            if (row.getString("run_id") != null) {
                claims.add(claim(lease, row));
            }
        }
        return new Claimed(claims);
    }

    private static Claim claim(Lease lease, Row row) {
        TaskKey key = new TaskKey(row.getString("run_id"), row.getLong("id"), row.getInteger("attempt"));
        @Nullable String inputs = row.getString("inputs");
        return new Claim(
                key,
                row.getString("group_id"),
                row.getBoolean("element"),
                row.getLong("spec_id"),
                row.getLong("timeout_ms"),
                inputs == null ? "null" : inputs,
                lease,
                row.getString("files"),
                new Claim.Origin(row.getLong("owner_id"), row.getInteger("deaths"), row.getLong("waited")));
    }
}
