package dev.netbase.worker.group.kafka;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.netbase.model.message.TaskGroup;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A group that waits to be taken. Its tasks were read with a node, a path, a checksum and a configuration each, which are
 * mostly the same: here equal ones are kept once.
 *
 * @param traceparent what the group came with; null for none
 * @param bytes about what all this takes on the heap
 */
record KeptGroup(TaskGroup group, @Nullable String traceparent, long bytes) implements GroupBacklog.Content {
    /** Objects of a group with nothing in it, and of its place in the backlog. */
    private static final int GROUP_BYTES = 400;

    /** Objects of a task without texts: itself, its index, what its input is wrapped in, and its place in the list. */
    private static final int TASK_BYTES = 112;

    /** A text of no characters. */
    private static final int TEXT_BYTES = 40;

    private static final int LATIN_1 = 0xff;

    static KeptGroup of(TaskGroup read, @Nullable String traceparent) {
        Texts texts = new Texts();
        List<TaskGroup.Task> tasks = new ArrayList<>(read.tasks().size());
        for (TaskGroup.Task task : read.tasks()) {
            tasks.add(texts.shared(task));
        }
        TaskGroup group = new TaskGroup(read.schema(), read.groupId(), read.runId(), List.copyOf(tasks));
        long bytes = GROUP_BYTES
                + bytes(group.groupId())
                + bytes(group.runId())
                + (traceparent == null ? 0 : bytes(traceparent))
                + (long) TASK_BYTES * tasks.size()
                + texts.bytes;
        return new KeptGroup(group, traceparent, bytes);
    }

    /** What a text takes on the heap: two bytes a character if one of them needs that. */
    private static long bytes(String text) {
        int characterBytes = 1;
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > LATIN_1) {
                characterBytes = 2;
                break;
            }
        }
        return TEXT_BYTES + (long) characterBytes * text.length();
    }

    /** The texts of a group's tasks. */
    private static final class Texts {
        private final Map<Object, Object> known = new HashMap<>();
        private long bytes;

        TaskGroup.Task shared(TaskGroup.Task task) {
            Object inputs = task.inputs();
            String channel = task.hintChannel();
            bytes += inputs == null ? 0 : bytes(inputs);
            return new TaskGroup.Task(
                    task.taskInstanceId(),
                    task.attempt(),
                    once(task.node()),
                    task.index(),
                    task.specId(),
                    task.agentType(),
                    once(task.modulePath()),
                    once(task.checksum()),
                    once(task.config()),
                    inputs,
                    task.timeoutMs(),
                    channel == null ? null : once(channel));
        }

        /** The first of those that are equal. JSON may leave out what the type says is there. */
        @SuppressWarnings({"unchecked", "ConstantValue"})
        private <T> T once(T text) {
            if (text == null) {
                return text;
            }
            Object before = known.putIfAbsent(text, text);
            if (before == null) {
                bytes += bytes(text);
                return text;
            }
            return (T) before;
        }

        private static long bytes(Object text) {
            return KeptGroup.bytes(text instanceof RawValue raw ? String.valueOf(raw.rawValue()) : text.toString());
        }
    }
}
