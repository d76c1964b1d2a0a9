package dev.netbase.scheduler.dispatch;

import dev.netbase.model.message.TaskHint;
import dev.netbase.scheduler.dispatch.StatementPart.Batch;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The one statement of {@code dispatch_task_group}, for any number of runs. Every part hangs on {@code advanced}: the rows
 * of a run that was not at the expected version, or is to stop without the decision knowing it, are not written. Its
 * answer tells the runs that advanced, the tasks redispatched, and the tasks withdrawn.
 */
final class AdvanceStatement {
    /** For runs that only go on: what most advances are, in a statement that is quickly begun. */
    static final AdvanceStatement PLAIN = new AdvanceStatement(AdvanceParts.PLAIN);

    /** For all advances. */
    static final AdvanceStatement WHOLE = new AdvanceStatement(
            Stream.concat(AdvanceParts.PLAIN.stream(), RareParts.ALL.stream()).toList());

    /**
     * For runs that only go on, and do so because of hinted outcomes, which it writes first. A run advances only if its
     * outcome was written by that, or stands there because its worker was faster: whose transaction may still be under way,
     * which is waited for.
     */
    static final AdvanceStatement HINTED = new AdvanceStatement(AdvanceParts.HINTED);

    private final List<StatementPart<?>> parts;
    private final String sql;

    private AdvanceStatement(List<StatementPart<?>> parts) {
        this.parts = parts;
        List<String> expressions = new ArrayList<>();
        StringBuilder answer = new StringBuilder(
                "select 'advanced' as what, id as run_id, null::bigint as task_id, null::int as attempt"
                        + " from advanced");
        int next = 1;
        for (StatementPart<?> part : parts) {
            expressions.add(part.sql(next));
            next += part.columns().size();
            if (part.answer() != null) {
                answer.append(
                        "\nunion all select '%s', run_id, id, attempt from %s".formatted(part.answer(), part.name()));
            }
        }
        this.sql = "with " + String.join(",\n", expressions) + "\n" + answer;
    }

    /** The statement for these advances. */
    static AdvanceStatement of(List<AdvanceRows> advances, List<TaskHint> hints) {
        if (!hints.isEmpty()) {
            return HINTED;
        }
        return advances.stream().allMatch(AdvanceRows::isPlain) ? PLAIN : WHOLE;
    }

    String sql() {
        return sql;
    }

    /** @param hints one for each of the advances, or none */
    Tuple arguments(List<AdvanceRows> advances, List<TaskHint> hints) {
        Batch batch = new Batch(advances, hints);
        Tuple arguments = Tuple.tuple();
        parts.forEach(part -> part.addArguments(batch, arguments));
        return arguments;
    }
}
