package dev.netbase.worker.group.postgres;

import dev.netbase.worker.group.application.ResultStore;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult;
import io.smallrye.mutiny.Uni;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import io.vertx.pgclient.PgException;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Results in {@code task_instances}. */
@Singleton
public class PgResultStore implements ResultStore {
    private static final String WRITE = """
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

    private static final String WRITTEN = """
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
        Columns columns = new Columns(results);
        return statements
                .run(
                        WRITE,
                        columns.runIds,
                        columns.ids,
                        columns.attempts,
                        columns.workerIds,
                        columns.workerEpochs,
                        columns.statuses,
                        columns.outputs,
                        columns.errorCodes,
                        columns.errorMessages,
                        columns.stderrs,
                        columns.fuel,
                        columns.memory,
                        columns.artifacts,
                        columns.usages)
                .map(PgResultStore::keys)
                .onFailure(PgResultStore::isRefusedData)
                .transform(UnstorableException::new);
    }

    @Override
    public Uni<Set<TaskKey>> written(List<TaskResult> results) {
        Columns columns = new Columns(results);
        return statements
                .run(WRITTEN, columns.runIds, columns.ids, columns.attempts, columns.workerIds, columns.workerEpochs)
                .map(PgResultStore::keys);
    }

    private static Set<TaskKey> keys(RowSet<Row> rows) {
        Set<TaskKey> keys = new HashSet<>();
        for (Row row : rows) {
            keys.add(new TaskKey(row.getString("run_id"), row.getLong("id"), row.getInteger("attempt")));
        }
        return keys;
    }

    private static boolean isRefusedData(Throwable e) {
        return e instanceof PgException refusal
                && refusal.getSqlState() != null
                && refusal.getSqlState().length() == 5
                && REFUSED_DATA.contains(refusal.getSqlState().substring(0, 2));
    }

    private static String usage(TaskOutcome.Usage usage, TaskResult.Accounts accounts) {
        return "{\"fuel_limit\":" + accounts.fuelLimit() + ",\"input_bytes\":" + accounts.inputBytes()
                + ",\"output_bytes\":" + accounts.outputBytes() + ",\"workspace_bytes\":" + usage.workspaceBytes()
                + ",\"queued_us\":" + accounts.queuedMicros() + ",\"loading_us\":" + usage.loadingMicros()
                + ",\"instantiating_us\":" + usage.instantiatingMicros() + ",\"running_us\":" + usage.runningMicros()
                + "}";
    }

    /** The results column by column, in the order of the table's key so that statements lock rows alike. */
    private static final class Columns {
        final String[] runIds;
        final Long[] ids;
        final Integer[] attempts;
        final String[] workerIds;
        final Long[] workerEpochs;
        final String[] statuses;
        final @Nullable String[] outputs;
        final @Nullable String[] errorCodes;
        final @Nullable String[] errorMessages;
        final Buffer[] stderrs;
        final Long[] fuel;
        final Long[] memory;
        final @Nullable String[] artifacts;
        final String[] usages;

        Columns(List<TaskResult> results) {
            int size = results.size();
            runIds = new String[size];
            ids = new Long[size];
            attempts = new Integer[size];
            workerIds = new String[size];
            workerEpochs = new Long[size];
            statuses = new String[size];
            outputs = new @Nullable String[size];
            errorCodes = new @Nullable String[size];
            errorMessages = new @Nullable String[size];
            stderrs = new Buffer[size];
            fuel = new Long[size];
            memory = new Long[size];
            artifacts = new @Nullable String[size];
            usages = new String[size];
            List<TaskResult> sorted = results.stream()
                    .sorted(Comparator.comparing(result -> result.claim().key()))
                    .toList();
            for (int i = 0; i < size; i++) {
                set(i, sorted.get(i));
            }
        }

        private void set(int i, TaskResult result) {
            TaskKey key = result.claim().key();
            runIds[i] = key.runId();
            ids[i] = key.taskInstanceId();
            attempts[i] = key.attempt();
            workerIds[i] = result.claim().lease().workerId();
            workerEpochs[i] = result.claim().lease().epoch();
            statuses[i] = result.status().name();
            outputs[i] = result.output();
            TaskResult.Failure error = result.error();
            errorCodes[i] = error == null ? null : error.code().name();
            errorMessages[i] = error == null ? null : error.message();
            stderrs[i] = Buffer.buffer(result.stderr());
            fuel[i] = result.usage().fuel();
            memory[i] = result.usage().peakMemoryBytes();
            artifacts[i] = result.artifacts();
            usages[i] = usage(result.usage(), result.accounts());
        }
    }
}
