package dev.netbase.api.run.persistence;

import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.api.run.application.RunRepository.Started;
import dev.netbase.model.problem.ProblemCode;
import dev.netbase.model.run.RunStatus;
import io.smallrye.mutiny.Uni;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.SqlClient;
import io.vertx.mutiny.sqlclient.SqlConnection;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.Optional;

/** Which request started which run: one key of an owner starts one run of a workflow. */
final class IdempotencyKeys {
    /**
     * A request under a key.
     *
     * @param bodyDigest tells whether two requests under one key ask for the same
     */
    record Use(long ownerId, long workflowId, String key, String bodyDigest) {}

    private IdempotencyKeys() {}

    /**
     * The run that an earlier request under the same key started, or empty if the key now is this run's; fails with
     * {@code idempotency-key-reused}. A transaction that is claiming the same key is waited for.
     */
    static Uni<Optional<Started>> claim(SqlConnection connection, Use use, String runId) {
        return connection
                .preparedQuery(RunSql.CLAIM_KEY)
                .execute(Tuple.of(use.ownerId(), use.workflowId(), use.key(), use.bodyDigest(), runId))
                .flatMap(claimed -> claimed.rowCount() == 1
                        ? Uni.createFrom().item(Optional.<Started>empty())
                        : find(connection, use));
    }

    /** The run that an earlier request under the same key started; fails with {@code idempotency-key-reused}. */
    static Uni<Optional<Started>> find(SqlClient client, Use use) {
        return client.preparedQuery(RunSql.FIND_KEY)
                .execute(Tuple.of(use.ownerId(), use.workflowId(), use.key()))
                .map(rows -> rows.size() == 0
                        ? Optional.empty()
                        : Optional.of(earlier(rows.iterator().next(), use)));
    }

    private static Started earlier(Row row, Use use) {
        if (!row.getString("body_sha256").equals(use.bodyDigest())) {
            throw new ProblemException(
                    ProblemCode.IDEMPOTENCY_KEY_REUSED,
                    "the idempotency key '" + use.key() + "' started a run with another body");
        }
        return new Started(row.getString("id"), RunStatus.valueOf(row.getString("status")), false);
    }
}
