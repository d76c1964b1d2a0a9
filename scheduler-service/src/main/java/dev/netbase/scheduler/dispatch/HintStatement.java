package dev.netbase.scheduler.dispatch;

import dev.netbase.model.message.TaskHint;
import dev.netbase.model.task.ShortTaskSql;
import dev.netbase.model.task.TaskStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * The statement of {@link AdvanceStatement} for runs that advance because of hinted outcomes, which it writes first. A run
 * advances only if its outcome was written by that, or stands there because its worker was faster: whose transaction may
 * still be under way, which is waited for.
 */
final class HintStatement {
    private static final int FIRST_PARAMETER = 48;

    static final String SQL = "with ended as (" + ShortTaskSql.claimAndEnd(FIRST_PARAMETER) + """
            ),
            told as (
                select t.run_id, t.status, t.attempt, x.attempt as told_attempt
                from unnest($48::text[], $49::bigint[], $50::int[]) as x (run_id, id, attempt)
                join task_instances t on t.run_id = x.run_id and t.id = x.id
                for share of t),
            """
            + AdvanceStatement.ADVANCED.formatted("""
            (exists (select from ended where ended.run_id = r.id)
                        or exists (select from told where told.run_id = r.id and told.status = 'COMPLETED'
                                   and told.attempt = told.told_attempt))""") + AdvanceStatement.FOLLOWING + AdvanceStatement.ANSWER;

    private HintStatement() {}

    /** @param hints one for each of the advances */
    static Tuple arguments(List<AdvanceRows> advances, List<TaskHint> hints) {
        Tuple arguments = AdvanceStatement.arguments(advances);
        add(arguments, hints, TaskHint::runId, String[]::new);
        add(arguments, hints, TaskHint::taskInstanceId, Long[]::new);
        add(arguments, hints, TaskHint::attempt, Integer[]::new);
        add(arguments, hints, TaskHint::workerId, String[]::new);
        add(arguments, hints, TaskHint::workerEpoch, Long[]::new);
        add(arguments, hints, hint -> TaskStatus.COMPLETED.name(), String[]::new);
        add(arguments, hints, TaskHint::output, String[]::new);
        add(arguments, hints, hint -> null, String[]::new);
        add(arguments, hints, hint -> null, String[]::new);
        add(arguments, hints, hint -> Buffer.buffer(hint.stderr()), Buffer[]::new);
        add(arguments, hints, TaskHint::fuel, Long[]::new);
        add(arguments, hints, TaskHint::peakMemoryBytes, Long[]::new);
        add(arguments, hints, hint -> null, String[]::new);
        add(arguments, hints, TaskHint::usage, String[]::new);
        add(arguments, hints, TaskHint::specId, Long[]::new);
        add(arguments, hints, TaskHint::timeoutMs, Long[]::new);
        add(arguments, hints, hint -> Buffer.buffer(hint.inputsSha256()), Buffer[]::new);
        add(arguments, hints, TaskHint::nanos, Long[]::new);
        return arguments;
    }

    private static <C> void add(
            Tuple arguments,
            List<TaskHint> hints,
            Function<TaskHint, ? extends @Nullable Object> column,
            IntFunction<C[]> array) {
        arguments.addValue(hints.stream().map(column).toArray(array));
    }
}
