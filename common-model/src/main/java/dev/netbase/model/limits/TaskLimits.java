package dev.netbase.model.limits;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** The limits under which one task runs, every one set. Units are those of {@link TaskLimit}. */
public record TaskLimits(Map<TaskLimit, Long> values) {
    public TaskLimits {
        for (TaskLimit limit : TaskLimit.values()) {
            if (!values.containsKey(limit)) {
                throw new IllegalArgumentException("no value for " + limit.key());
            }
        }
        values = Map.copyOf(values);
    }

    /** The value of one limit. */
    public long get(TaskLimit limit) {
        return Objects.requireNonNull(values.get(limit));
    }

    /** The same limits with a time limit of at most {@code timeoutMs} milliseconds. */
    public TaskLimits withTimeoutAtMost(long timeoutMs) {
        Map<TaskLimit, Long> changed = new EnumMap<>(values);
        changed.put(TaskLimit.TIMEOUT_MS, Math.min(timeoutMs, get(TaskLimit.TIMEOUT_MS)));
        return new TaskLimits(changed);
    }
}
