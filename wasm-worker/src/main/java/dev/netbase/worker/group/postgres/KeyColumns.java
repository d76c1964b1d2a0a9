package dev.netbase.worker.group.postgres;

import dev.netbase.worker.group.domain.TaskKey;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;

/** Attempts column by column, in the order of the table's key so that statements lock rows alike. */
final class KeyColumns {
    final String[] runIds;
    final Long[] ids;
    final Integer[] attempts;

    KeyColumns(Collection<TaskKey> keys) {
        int size = keys.size();
        runIds = new String[size];
        ids = new Long[size];
        attempts = new Integer[size];
        int i = 0;
        for (TaskKey key : keys.stream().sorted().toList()) {
            runIds[i] = key.runId();
            ids[i] = key.taskInstanceId();
            attempts[i++] = key.attempt();
        }
    }

    /** The attempts that rows name by {@code run_id}, {@code id} and {@code attempt}. */
    static Set<TaskKey> keys(RowSet<Row> rows) {
        Set<TaskKey> keys = new HashSet<>();
        for (Row row : rows) {
            keys.add(new TaskKey(row.getString("run_id"), row.getLong("id"), row.getInteger("attempt")));
        }
        return keys;
    }
}
