package dev.netbase.api.run.persistence;

import dev.netbase.model.run.RunStatus;
import dev.netbase.model.run.UnfinishedSql;
import io.vertx.mutiny.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.List;
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

    /** The statement for one page; after the filters' arguments it takes the most rows and how many to leave out. */
    String list() {
        int filters = arguments().size();
        return LIST.formatted(conditions(), filters + 1, filters + 2);
    }

    /** The statement that counts the runs of all pages. */
    String count() {
        return COUNT.formatted(conditions());
    }

    /** The arguments of both, in order. */
    Tuple arguments() {
        Tuple arguments = Tuple.tuple();
        if (workflowId != null) {
            arguments.addLong(workflowId);
        }
        if (status != null) {
            arguments.addString(status.name());
        }
        if (parent != null) {
            arguments.addString(parent);
        }
        return arguments;
    }

    private String conditions() {
        List<String> conditions = new ArrayList<>();
        int place = 0;
        if (workflowId != null) {
            conditions.add("r.workflow_id = $" + ++place + "::bigint");
        }
        if (status != null) {
            conditions.add("r.status = $" + ++place + "::text");
            if (!status.isTerminal()) {
                // Few runs are unfinished, and they have an index of their own.
                conditions.add(UnfinishedSql.condition("r"));
            }
        }
        if (parent != null) {
            conditions.add("r.parent_run_id = $" + ++place + "::text");
        }
        return conditions.isEmpty() ? "true" : String.join(" and ", conditions);
    }
}
