package dev.netbase.worker.testing;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.netbase.model.id.Ids;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.task.AgentType;
import dev.netbase.model.testing.TestDatabase;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;

/** Rows as the scheduler leaves them, and the records it sends. */
public final class TestRuns {
    private final TestDatabase database;
    private long nextTask = 1;

    public TestRuns(TestDatabase database) {
        this.database = database;
        database.execute("""
                insert into users(id, subject, display_name) values (1, 'admin', 'admin');
                insert into asset_packages(id, nanoid, name, owner_id) values (1, 'aV1_iF4gT-7b', 'tools', 1);
                insert into asset_versions(id, package_id, version_string, precedence) values (1, 1, '1.0.0', '1');
                insert into asset_files(id, version_id, file_type, relative_path, checksum, size_bytes)
                    values (1, 1, 'WASM', 'bin/echo.wasm', repeat('a', 64), 10);
                insert into workflows(id, name, latest_version, owner_id) values (1, 'flow', 1, 1);
                insert into task_specs(id, digest, agent_id, agent_type, asset_file_id, config)
                    values (1, 'wasm', 1, 'WASM', 1, '{"limits":{"timeout_ms":5000}}'),
                           (2, 'sql', 1, 'SQL', 1, '{}'),
                           (3, 'container', 1, 'CONTAINER', 1, '{}')""");
    }

    /** A new running run. */
    public String run() {
        String runId = Ids.timeOrdered(System.currentTimeMillis());
        database.execute(
                "insert into workflow_runs(id, workflow_id, workflow_version, owner_id, status, inputs, trigger)"
                        + " values ('" + runId + "', 1, 1, 1, 'RUNNING', '{}', '{}')");
        return runId;
    }

    /** A group of so many PENDING tasks, the input of each being its id. */
    public TaskGroup group(String runId, int tasks) {
        return group(runId, tasks, 1);
    }

    /** A group of so many PENDING tasks of a spec: 1 is WASM, 2 is SQL, 3 is CONTAINER, others are missing. */
    public TaskGroup group(String runId, int tasks, long specId) {
        String groupId = Ids.timeOrdered(System.currentTimeMillis());
        long first = nextTask;
        nextTask += tasks;
        database.execute("insert into task_instances(run_id, id, node_key, status, attempt, group_id, spec_id, inputs)"
                + " select '" + runId + "', id, 'node', 'PENDING', 1, '" + groupId + "', " + specId
                + ", to_json(id) from generate_series(" + first + ", " + (nextTask - 1) + ") id");
        return record(groupId, runId, LongStream.range(first, nextTask).boxed().toList());
    }

    /** A group of one PENDING task with this input. */
    public TaskGroup groupOf(String runId, String input) {
        TaskGroup group = group(runId, 1);
        database.execute("update task_instances set inputs = '" + input.replace("'", "''") + "' where id = "
                + group.tasks().getFirst().taskInstanceId());
        return group;
    }

    /** The same group with a record that says what the rows say. */
    public TaskGroup toldTrue(TaskGroup group) {
        return toldTrue(group, null);
    }

    /** The same with a record that asks for hints too. */
    public TaskGroup wantingHints(TaskGroup group) {
        return toldTrue(group, "nobody_listens");
    }

    private TaskGroup toldTrue(TaskGroup group, @Nullable String hintChannel) {
        database.execute("update task_instances set timeout_ms = 5000 where group_id = '" + group.groupId() + "'");
        List<TaskGroup.Task> tasks = ids(group).stream()
                .map(id -> new TaskGroup.Task(
                        id,
                        1,
                        "node",
                        null,
                        1,
                        AgentType.WASM,
                        "",
                        "",
                        Map.of(),
                        new RawValue(id.toString()),
                        5_000,
                        hintChannel))
                .toList();
        return new TaskGroup(TaskGroup.SCHEMA, group.groupId(), group.runId(), tasks);
    }

    /** Makes a task run another spec. */
    public void setSpec(long taskInstanceId, long specId) {
        database.execute("update task_instances set spec_id = " + specId + " where id = " + taskInstanceId);
    }

    /** The ids of a group's tasks. */
    public static List<Long> ids(TaskGroup group) {
        return group.tasks().stream().map(TaskGroup.Task::taskInstanceId).toList();
    }

    /** A column of a task, as text. */
    public String column(long taskInstanceId, String column) {
        return database.query("select " + column + " from task_instances where id = " + taskInstanceId);
    }

    /** How many tasks have a status. */
    public int count(String status) {
        return Integer.parseInt(database.query("select count(*) from task_instances where status = '" + status + "'"));
    }

    private static TaskGroup record(String groupId, String runId, List<Long> ids) {
        List<TaskGroup.Task> tasks = new ArrayList<>();
        for (Long id : ids) {
            tasks.add(new TaskGroup.Task(
                    id, 1, "node", null, 1, AgentType.WASM, "/a/lie.wasm", "0".repeat(64), Map.of(), "a lie", 1, null));
        }
        return new TaskGroup(TaskGroup.SCHEMA, groupId, runId, tasks);
    }
}
