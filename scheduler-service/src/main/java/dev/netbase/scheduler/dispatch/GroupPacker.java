package dev.netbase.scheduler.dispatch;

import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.topic.Topics;
import dev.netbase.scheduler.outbox.OutboxRecord;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Packs a run's ready tasks into groups, each one record, split by count and by bytes. */
final class GroupPacker {
    private final String runId;
    private final String topic;
    private final Map<String, String> headers;
    private final int maxTasks;
    private final int maxBytes;
    private final long now;
    private final List<Packed> packed = new ArrayList<>();
    private List<byte[]> open = new ArrayList<>();
    private List<Long> openIds = new ArrayList<>();
    private int openBytes;

    /** A group and the tasks in it. */
    record Packed(String groupId, List<Long> taskIds, OutboxRecord record) {
        Packed inTrace(@Nullable String traceparent) {
            return new Packed(groupId, taskIds, record.inTrace(traceparent));
        }
    }

    GroupPacker(String runId, int priority, int maxTasks, int maxBytes, long now) {
        this.runId = runId;
        this.topic = Topics.taskGroups(priority);
        this.headers = priority == 0
                ? Map.of("content-type", "application/json")
                : Map.of("content-type", "application/json", TaskGroup.PRIORITY_HEADER, Integer.toString(priority));
        this.maxTasks = maxTasks;
        this.maxBytes = maxBytes;
        this.now = now;
    }

    /**
     * @param deaths of how many workers, which died while the task was under way. One with any goes alone, also if it was
     *     given back since then: no sibling shares its fate.
     */
    void add(TaskGroup.Task task, int deaths) {
        byte[] json = Json.writeBytes(task);
        if (deaths > 0 || open.size() == maxTasks || openBytes + json.length + 1 > maxBytes - 256) {
            closeGroup();
        }
        open.add(json);
        openIds.add(task.taskInstanceId());
        openBytes += json.length + 1;
        if (deaths > 0) {
            closeGroup();
        }
    }

    private void closeGroup() {
        if (open.isEmpty()) {
            return;
        }
        String groupId = Ids.timeOrdered(now);
        ByteArrayOutputStream value = new ByteArrayOutputStream(openBytes + 256);
        String head = "{\"schema\":" + TaskGroup.SCHEMA + ",\"group_id\":\"" + groupId + "\",\"run_id\":\"" + runId
                + "\",\"tasks\":[";
        value.writeBytes(head.getBytes(StandardCharsets.UTF_8));
        for (int i = 0; i < open.size(); i++) {
            if (i > 0) {
                value.write(',');
            }
            value.writeBytes(open.get(i));
        }
        value.writeBytes("]}".getBytes(StandardCharsets.UTF_8));
        packed.add(new Packed(
                groupId,
                openIds,
                new OutboxRecord(Ids.timeOrdered(now), topic, groupId, value.toByteArray(), headers)));
        open = new ArrayList<>();
        openIds = new ArrayList<>();
        openBytes = 0;
    }

    /** All groups; ends the last. */
    List<Packed> finish() {
        closeGroup();
        return packed;
    }
}
