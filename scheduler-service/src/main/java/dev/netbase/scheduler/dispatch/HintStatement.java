package dev.netbase.scheduler.dispatch;

import dev.netbase.model.message.TaskHint;
import dev.netbase.model.task.ShortTaskSql;
import dev.netbase.model.task.TaskStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.List;

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
        AdvanceStatement.add(arguments, hints, TaskHint::runId, String[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::taskInstanceId, Long[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::attempt, Integer[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::workerId, String[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::workerEpoch, Long[]::new);
        AdvanceStatement.add(arguments, hints, hint -> TaskStatus.COMPLETED.name(), String[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::output, String[]::new);
        AdvanceStatement.add(arguments, hints, hint -> null, String[]::new);
        AdvanceStatement.add(arguments, hints, hint -> null, String[]::new);
        AdvanceStatement.add(arguments, hints, hint -> Buffer.buffer(hint.stderr()), Buffer[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::fuel, Long[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::peakMemoryBytes, Long[]::new);
        AdvanceStatement.add(arguments, hints, hint -> null, String[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::usage, String[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::specId, Long[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::timeoutMs, Long[]::new);
        AdvanceStatement.add(arguments, hints, hint -> Buffer.buffer(hint.inputsSha256()), Buffer[]::new);
        AdvanceStatement.add(arguments, hints, TaskHint::nanos, Long[]::new);
        return arguments;
    }
}
