package dev.netbase.worker.group.postgres;

import dev.netbase.model.task.ShortTaskSql;
import dev.netbase.worker.group.application.ResultStore;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskResult;
import io.smallrye.mutiny.Uni;
import io.vertx.pgclient.PgException;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Set;

/** Results in {@code task_instances}. */
@Singleton
public class PgResultStore implements ResultStore {
    static final String WRITE = """
            update task_instances t
            set status = u.status, output = u.output::json, error_code = u.error_code, error_message = u.error_message,
                stderr = u.stderr, fuel_used = u.fuel, peak_memory_bytes = u.memory, artifacts = u.artifacts::json,
                usage = u.usage::json, finished_at = clock_timestamp()
            from unnest($1::text[], $2::bigint[], $3::int[], $4::text[], $5::bigint[], $6::text[], $7::text[],
                        $8::text[], $9::text[], $10::bytea[], $11::bigint[], $12::bigint[], $13::text[], $14::text[])
                u(run_id, id, attempt, worker_id, worker_epoch, status, output, error_code, error_message, stderr,
                  fuel, memory, artifacts, usage)
            where t.run_id = u.run_id and t.id = u.id and t.attempt = u.attempt
              and t.worker_id = u.worker_id and t.worker_epoch = u.worker_epoch and t.status = 'RUNNING'
            returning t.run_id, t.id, t.attempt""";

    private static final String CLAIM_AND_WRITE = ShortTaskSql.claimAndEnd();

    static final String WRITTEN = """
            select t.run_id, t.id, t.attempt
            from unnest($1::text[], $2::bigint[], $3::int[], $4::text[], $5::bigint[])
                u(run_id, id, attempt, worker_id, worker_epoch)
            join task_instances t on t.run_id = u.run_id and t.id = u.id and t.attempt = u.attempt
              and t.worker_id = u.worker_id and t.worker_epoch = u.worker_epoch
            where t.status in ('COMPLETED', 'FAILED', 'CANCELLED')""";

    private static final Set<String> REFUSED_DATA = Set.of("22", "54");

    private final Statements statements;

    public PgResultStore(Statements statements) {
        this.statements = statements;
    }

    @Override
    public Uni<Set<TaskKey>> write(List<TaskResult> results) {
        List<TaskResult> claimed =
                results.stream().filter(result -> result.claim().made()).toList();
        if (claimed.size() == results.size()) {
            return run(WRITE, new ResultColumns(results).all());
        }
        if (claimed.isEmpty()) {
            return run(CLAIM_AND_WRITE, new ResultColumns(results).allWithHints());
        }
        List<TaskResult> hinted =
                results.stream().filter(result -> !result.claim().made()).toList();
        return run(WRITE, new ResultColumns(claimed).all())
                .chain(first -> run(CLAIM_AND_WRITE, new ResultColumns(hinted).allWithHints())
                        .invoke(second -> second.addAll(first)));
    }

    private Uni<Set<TaskKey>> run(String sql, Object[] arguments) {
        return statements
                .run(sql, arguments)
                .map(KeyColumns::keys)
                .onFailure(PgResultStore::isRefusedData)
                .transform(UnstorableException::new);
    }

    @Override
    public Uni<Set<TaskKey>> written(List<TaskResult> results) {
        return statements.run(WRITTEN, new ResultColumns(results).titles()).map(KeyColumns::keys);
    }

    private static boolean isRefusedData(Throwable e) {
        return e instanceof PgException refusal
                && refusal.getSqlState() != null
                && refusal.getSqlState().length() == 5
                && REFUSED_DATA.contains(refusal.getSqlState().substring(0, 2));
    }
}
