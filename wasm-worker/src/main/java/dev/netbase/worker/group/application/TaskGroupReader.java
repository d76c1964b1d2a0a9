package dev.netbase.worker.group.application;

import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.message.TaskGroup;
import org.jspecify.annotations.Nullable;

/** Reads the JSON of task groups. */
public final class TaskGroupReader {
    private TaskGroupReader() {}

    /** What a record is. */
    public sealed interface Reading {}

    /** A group to be taken. */
    public record Group(TaskGroup group) implements Reading {}

    /** Nothing that a worker understands. */
    public record Unreadable(String reason) implements Reading {}

    /** Never throws. */
    public static Reading read(byte @Nullable [] value) {
        if (value == null) {
            return new Unreadable("the record has no value");
        }
        TaskGroup group;
        try {
            group = Json.read(value, TaskGroup.class);
        } catch (JsonException e) {
            return new Unreadable("not a task group: " + e.getMessage());
        }
        if (group.schema() != TaskGroup.SCHEMA) {
            return new Unreadable("schema " + group.schema() + " is not known, only " + TaskGroup.SCHEMA);
        }
        return isComplete(group) ? new Group(group) : new Unreadable("run_id, group_id or a task is missing");
    }

    /** JSON may leave out what the type says is there. */
    @SuppressWarnings("ConstantValue")
    private static boolean isComplete(TaskGroup group) {
        if (group.runId() == null || group.groupId() == null || group.tasks() == null) {
            return false;
        }
        for (TaskGroup.@Nullable Task task : group.tasks()) {
            if (task == null) {
                return false;
            }
        }
        return true;
    }
}
