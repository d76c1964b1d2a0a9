package dev.netbase.scheduler.dispatch;

import dev.netbase.model.message.TaskHint;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A common table expression of an {@link AdvanceStatement} over rows that come as arrays, one for each column. Its text has
 * {@code {rows}} where they are to be as a table {@code x}, of which a first column {@code run_id} names the run that
 * advances.
 *
 * @param <T> a row
 * @param answer how the statement's answer calls the tasks that the text returns; null if it does not tell them
 */
record StatementPart<T>(
        String name,
        Function<Batch, List<OfRun<T>>> rows,
        List<Column<T>> columns,
        String text,
        @Nullable String answer) {
    private static final String ROWS = "{rows}";

    /**
     * What one statement is to write.
     *
     * @param hints of the same runs; empty if they advance for another reason
     */
    record Batch(List<AdvanceRows> advances, List<TaskHint> hints) {}

    /** A row and the run that it belongs to. */
    record OfRun<T>(String runId, T row) {}

    /** @param array makes the array that the driver takes for such a column */
    record Column<T>(
            String name,
            String type,
            Function<OfRun<T>, ? extends @Nullable Object> value,
            IntFunction<Object[]> array) {}

    private static <T> StatementPart<T> of(String name, Function<Batch, List<OfRun<T>>> rows) {
        return new StatementPart<>(
                name, rows, List.of(new Column<>("run_id", "text", OfRun::runId, String[]::new)), ROWS, null);
    }

    /** A part with rows of advances. */
    static <T> StatementPart<T> ofAdvances(String name, Function<AdvanceRows, List<T>> rows) {
        return of(name, batch -> {
            List<OfRun<T>> all = new ArrayList<>();
            for (AdvanceRows advance : batch.advances()) {
                rows.apply(advance)
                        .forEach(row -> all.add(new OfRun<>(advance.run().id(), row)));
            }
            return all;
        });
    }

    /** A part with a row for each hint. */
    static StatementPart<TaskHint> ofHints(String name) {
        return of(
                name,
                batch -> batch.hints().stream()
                        .map(hint -> new OfRun<>(hint.runId(), hint))
                        .toList());
    }

    private StatementPart<T> with(
            String column, String type, Function<T, ? extends @Nullable Object> value, IntFunction<Object[]> array) {
        Column<T> added = new Column<>(column, type, of -> value.apply(of.row()), array);
        return new StatementPart<>(
                name, rows, Stream.concat(columns.stream(), Stream.of(added)).toList(), text, answer);
    }

    StatementPart<T> text(String column, Function<T, @Nullable String> value) {
        return with(column, "text", value, String[]::new);
    }

    StatementPart<T> bigint(String column, Function<T, @Nullable Long> value) {
        return with(column, "bigint", value, Long[]::new);
    }

    StatementPart<T> integer(String column, Function<T, @Nullable Integer> value) {
        return with(column, "int", value, Integer[]::new);
    }

    StatementPart<T> bool(String column, Function<T, Boolean> value) {
        return with(column, "boolean", value, Boolean[]::new);
    }

    StatementPart<T> bytea(String column, Function<T, byte[]> value) {
        return with(column, "bytea", row -> Buffer.buffer(value.apply(row)), Buffer[]::new);
    }

    StatementPart<T> timestamptz(String column, Function<T, Instant> value) {
        return with(column, "timestamptz", row -> value.apply(row).atOffset(ZoneOffset.UTC), OffsetDateTime[]::new);
    }

    /** The same with its text. */
    StatementPart<T> as(String newText) {
        return new StatementPart<>(name, rows, columns, newText, answer);
    }

    /** The same whose tasks, which the text returns, the answer tells. */
    StatementPart<T> answering(String what) {
        return new StatementPart<>(name, rows, columns, text, what);
    }

    /** The expression with its name, whose first parameter has this number. */
    String sql(int first) {
        String arrays = IntStream.range(0, columns.size())
                .mapToObj(i -> "$%d::%s[]".formatted(first + i, columns.get(i).type()))
                .collect(Collectors.joining(", "));
        String names = columns.stream().map(Column::name).collect(Collectors.joining(", "));
        return name + " as (\n" + text.replace(ROWS, "unnest(" + arrays + ") x (" + names + ")") + ")";
    }

    void addArguments(Batch batch, Tuple arguments) {
        List<OfRun<T>> all = rows.apply(batch);
        for (Column<T> column : columns) {
            arguments.addValue(all.stream().map(column.value()).toArray(column.array()));
        }
    }
}
