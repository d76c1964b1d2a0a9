package dev.netbase.api.run.persistence;

import dev.netbase.model.run.RunStatus;
import dev.netbase.model.run.UnfinishedSql;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Which runs a list shows. A statement names only the filters that are asked for, and the workflow by its id, so that each
 * list reads its own runs by index and not all that were ever started.
 *
 * @param status of all runs listed, or null for any
 * @param parent the run that all runs listed are a part of, or null for any
 */
record RunFilter(
        @Nullable Long workflowId,
        @Nullable RunStatus status,
        @Nullable String parent) {
    /** Ids of runs begin with the time, so their order is the order of starting. */
    private static final String LIST = """
            select r.id, w.name as workflow, r.workflow_version, r.status,
                case when octet_length(r.inputs::text) <= 65536 then r.inputs::text end as inputs,
                r.trigger::text, r.priority, r.output::text, r.error::text, r.created_at, r.started_at, r.finished_at,
                r.parent_run_id, r.rerun_of, r.retries
            from workflow_runs r join workflows w on w.id = r.workflow_id
            where %s order by r.id desc limit $%d::bigint offset $%d::bigint""";

    private static final String COUNT = "select count(*) as total from workflow_runs r where %s";

    /** One filter that is asked for: a condition with a {@code %d} for the place of its argument. */
    private record Condition(String sql, Object argument) {}

    private List<Condition> asked() {
        List<Condition> asked = new ArrayList<>();
        if (workflowId != null) {
            asked.add(new Condition("r.workflow_id = $%d::bigint", workflowId));
        }
        if (status != null) {
            // Few runs are unfinished, and they have an index of their own.
            String index = status.isTerminal() ? "" : " and " + UnfinishedSql.condition("r");
            asked.add(new Condition("r.status = $%d::text" + index, status.name()));
        }
        if (parent != null) {
            asked.add(new Condition("r.parent_run_id = $%d::text", parent));
        }
        return asked;
    }

    /** The statement for one page; after the filters' arguments it takes the most rows and how many to leave out. */
    String list() {
        int filters = asked().size();
        return LIST.formatted(conditions(), filters + 1, filters + 2);
    }

    /** The statement that counts the runs of all pages. */
    String count() {
        return COUNT.formatted(conditions());
    }

    /** The arguments of both, in order. */
    Tuple arguments() {
        Tuple arguments = Tuple.tuple();
        asked().forEach(condition -> arguments.addValue(condition.argument()));
        return arguments;
    }

    private String conditions() {
        List<Condition> asked = asked();
        return asked.isEmpty()
                ? "true"
                : IntStream.range(0, asked.size())
                        .mapToObj(i -> asked.get(i).sql().formatted(i + 1))
                        .collect(Collectors.joining(" and "));
    }
}
