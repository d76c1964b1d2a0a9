package dev.netbase.api.run.rest;

import dev.netbase.model.task.TaskStatus;
import java.util.Map;
import org.eclipse.microprofile.openapi.annotations.media.Schema;

/** How many tasks have each status. */
@Schema(name = "TaskCounts")
record TaskCounts(long total, long pending, long running, long completed, long failed, long cancelled, long skipped) {
    static TaskCounts of(Map<TaskStatus, Long> counts) {
        return new TaskCounts(
                counts.values().stream().mapToLong(Long::longValue).sum(),
                counts.getOrDefault(TaskStatus.PENDING, 0L),
                counts.getOrDefault(TaskStatus.RUNNING, 0L),
                counts.getOrDefault(TaskStatus.COMPLETED, 0L),
                counts.getOrDefault(TaskStatus.FAILED, 0L),
                counts.getOrDefault(TaskStatus.CANCELLED, 0L),
                counts.getOrDefault(TaskStatus.SKIPPED, 0L));
    }
}
