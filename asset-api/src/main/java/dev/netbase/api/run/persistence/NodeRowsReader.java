package dev.netbase.api.run.persistence;

import dev.netbase.api.run.application.NodeRows;
import dev.netbase.model.task.TaskStatus;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Makes {@link NodeRows} of what the statements answer. */
final class NodeRowsReader {
    private static final Set<String> TASKS_TELL = Set.of("DISPATCHED", "STOPPING");

    private NodeRowsReader() {}

    static NodeRows read(RowSet<Row> nodes, RowSet<Row> tasks) {
        Map<String, NodeRows.Decided> decided = new HashMap<>();
        Row run = nodes.iterator().next();
        for (Row node : nodes) {
            if (node.getString("node_key") != null) {
                String status = node.getString("status");
                decided.put(
                        node.getString("node_key"),
                        new NodeRows.Decided(
                                TASKS_TELL.contains(status) ? null : TaskStatus.valueOf(status),
                                node.getString("error"),
                                node.getOffsetDateTime("decided_at")));
            }
        }
        Map<String, List<NodeRows.Counted>> counted = new HashMap<>();
        for (Row some : tasks) {
            counted.computeIfAbsent(some.getString("node_key"), any -> new ArrayList<>())
                    .add(new NodeRows.Counted(
                            TaskStatus.valueOf(some.getString("status")),
                            some.getString("error_code"),
                            some.getInteger("failures"),
                            some.getLong("total"),
                            some.getOffsetDateTime("first_queued"),
                            some.getOffsetDateTime("first_started"),
                            some.getOffsetDateTime("last_finished")));
        }
        return new NodeRows(
                run.getLong("workflow_id"),
                run.getInteger("workflow_version"),
                run.getBoolean("ended"),
                decided,
                counted);
    }
}
