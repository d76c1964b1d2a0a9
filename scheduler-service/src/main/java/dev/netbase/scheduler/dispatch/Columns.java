package dev.netbase.scheduler.dispatch;

import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Rows of one kind, of any number of advances, as the arrays that a statement takes.
 *
 * @param <T> a row
 */
final class Columns<T> {
    private final List<String> runIds = new ArrayList<>();
    private final List<T> rows = new ArrayList<>();

    private Columns() {}

    static <T> Columns<T> of(List<AdvanceRows> advances, Function<AdvanceRows, List<T>> rowsOf) {
        Columns<T> columns = new Columns<>();
        for (AdvanceRows advance : advances) {
            for (T row : rowsOf.apply(advance)) {
                columns.runIds.add(advance.run().id());
                columns.rows.add(row);
            }
        }
        return columns;
    }

    /** Adds the ids of the runs that advance, one for each row. */
    Columns<T> runIds(Tuple arguments) {
        arguments.addValue(runIds.toArray(new String[0]));
        return this;
    }

    /** Adds a column. */
    <C> Columns<T> add(Tuple arguments, Function<T, ? extends @Nullable Object> column, IntFunction<C[]> array) {
        arguments.addValue(rows.stream().map(column).toArray(array));
        return this;
    }
}
