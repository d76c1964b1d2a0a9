package dev.netbase.worker.group.postgres;

import dev.netbase.worker.group.domain.TaskResult;
import io.vertx.core.buffer.Buffer;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Results column by column, in the order of the table's key so that statements lock rows alike. */
final class ResultColumns {
    private final List<TaskResult> results;

    ResultColumns(List<TaskResult> results) {
        this.results = results.stream()
                .sorted(Comparator.comparing(result -> result.claim().key()))
                .toList();
    }

    /** Run, task, attempt, worker and epoch: under which title a result is written. */
    Object[] titles() {
        return new Object[] {
            column(result -> result.claim().key().runId(), String[]::new),
            column(result -> result.claim().key().taskInstanceId(), Long[]::new),
            column(result -> result.claim().key().attempt(), Integer[]::new),
            column(result -> result.claim().lease().workerId(), String[]::new),
            column(result -> result.claim().lease().epoch(), Long[]::new)
        };
    }

    /** The titles, and then status, output, error code and message, stderr, fuel, peak memory, artifacts and usage. */
    Object[] all() {
        return joined(titles(), new Object[] {
            column(result -> result.status().name(), String[]::new),
            column(TaskResult::output, String[]::new),
            column(result -> error(result, error -> error.code().name()), String[]::new),
            column(result -> error(result, TaskResult.Failure::message), String[]::new),
            column(result -> Buffer.buffer(result.stderr()), Buffer[]::new),
            column(result -> result.usage().fuel(), Long[]::new),
            column(result -> result.usage().peakMemoryBytes(), Long[]::new),
            column(TaskResult::artifacts, String[]::new),
            column(TaskResult::usageJson, String[]::new)
        });
    }

    /** All, and then what the task was run with: spec, time limit, SHA-256 of its inputs; and how long, in nanoseconds. */
    Object[] allWithHints() {
        return joined(all(), new Object[] {
            column(result -> result.claim().specId(), Long[]::new),
            column(result -> result.claim().timeoutMs(), Long[]::new),
            column(result -> Buffer.buffer(result.claim().inputsDigest()), Buffer[]::new),
            column(result -> result.claim().nanos(), Long[]::new)
        });
    }

    private static @Nullable String error(TaskResult result, Function<TaskResult.Failure, String> part) {
        TaskResult.Failure error = result.error();
        return error == null ? null : part.apply(error);
    }

    private <C> C[] column(Function<TaskResult, ? extends @Nullable C> value, IntFunction<C[]> array) {
        C[] column = array.apply(results.size());
        for (int i = 0; i < column.length; i++) {
            column[i] = value.apply(results.get(i));
        }
        return column;
    }

    private static Object[] joined(Object[] first, Object[] second) {
        Object[] all = new Object[first.length + second.length];
        System.arraycopy(first, 0, all, 0, first.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }
}
