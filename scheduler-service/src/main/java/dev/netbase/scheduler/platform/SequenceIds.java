package dev.netbase.scheduler.platform;

import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.enterprise.context.ApplicationScoped;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.LongSupplier;

/** Ids of task instances, taken from the sequence in blocks. For the scheduler's thread alone. */
@ApplicationScoped
public class SequenceIds implements LongSupplier {
    private static final long BLOCK = 1_000;
    private static final int BLOCKS_AT_ONCE = 10;
    private final Database database;
    private final Deque<Long> blocks = new ArrayDeque<>();
    private long next;
    private long end;

    public SequenceIds(Database database) {
        this.database = database;
    }

    @Override
    public long getAsLong() {
        if (next == end) {
            if (blocks.isEmpty()) {
                List<Row> rows = database.query(
                        "select nextval('task_instances_seq') as first from generate_series(1, $1)",
                        Tuple.of(BLOCKS_AT_ONCE));
                rows.forEach(row -> blocks.add(row.getLong("first")));
            }
            next = blocks.remove();
            end = next + BLOCK;
        }
        return next++;
    }
}
