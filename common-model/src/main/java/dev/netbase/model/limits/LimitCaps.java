package dev.netbase.model.limits;

import dev.netbase.model.problem.FieldProblem;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The most an operator lets a task use, per limit. Over a cap is refused when defined ({@link #check}) and clamped
 * when run ({@link #resolve}), so that lowering a cap binds what was defined before.
 */
public final class LimitCaps {
    private final Map<TaskLimit, Long> caps;

    private LimitCaps(Map<TaskLimit, Long> caps) {
        this.caps = caps;
    }

    /** The caps of the contract. */
    public static LimitCaps defaults() {
        return of(Map.of());
    }

    /**
     * The caps of the contract, but for those given by their keys.
     *
     * @throws IllegalArgumentException for an unknown key or a value below 1
     */
    public static LimitCaps of(Map<String, Long> overrides) {
        Map<TaskLimit, Long> caps = new EnumMap<>(TaskLimit.class);
        for (TaskLimit limit : TaskLimit.values()) {
            caps.put(limit, limit.defaultCap());
        }
        overrides.forEach((key, value) -> {
            TaskLimit limit = byKey(key).orElseThrow(() -> new IllegalArgumentException("unknown limit: " + key));
            if (value < 1) {
                throw new IllegalArgumentException("the cap of " + key + " must be at least 1");
            }
            caps.put(limit, value);
        });
        return new LimitCaps(caps);
    }

    /** No caps at all, for readers of what was checked before. */
    public static LimitCaps unbounded() {
        Map<TaskLimit, Long> caps = new EnumMap<>(TaskLimit.class);
        for (TaskLimit limit : TaskLimit.values()) {
            caps.put(limit, Long.MAX_VALUE);
        }
        return new LimitCaps(caps);
    }

    /** The most that may be configured for one limit. */
    public long cap(TaskLimit limit) {
        return caps.getOrDefault(limit, limit.defaultCap());
    }

    /**
     * What is wrong with the {@code limits} of a configuration.
     *
     * @param limits the parsed value of {@code limits}; null means there is none
     * @param field its place in the document
     */
    public List<FieldProblem> check(@Nullable Object limits, String field) {
        if (limits == null) {
            return List.of();
        }
        if (!(limits instanceof Map<?, ?> entries)) {
            return List.of(new FieldProblem(field, "must be an object of limits"));
        }
        List<FieldProblem> problems = new ArrayList<>();
        entries.forEach((key, value) ->
                checkOne(String.valueOf(key), value, field + "." + key).ifPresent(problems::add));
        return problems;
    }

    private Optional<FieldProblem> checkOne(String key, @Nullable Object value, String field) {
        Optional<TaskLimit> limit = byKey(key);
        if (limit.isEmpty()) {
            return Optional.of(new FieldProblem(field, "is not a limit; known are " + keys()));
        }
        if (!(value instanceof Long number) || number < 1) {
            return Optional.of(new FieldProblem(field, "must be a whole number of at least 1"));
        }
        long cap = cap(limit.get());
        return number > cap
                ? Optional.of(new FieldProblem(field, "is over the operator's cap of " + cap))
                : Optional.empty();
    }

    /** The limits that a task gets under a merged configuration: its own, else the default, and never over a cap. */
    public TaskLimits resolve(Map<String, ? extends @Nullable Object> config) {
        Map<?, ?> configured = config.get("limits") instanceof Map<?, ?> limits ? limits : Map.of();
        Map<TaskLimit, Long> resolved = new EnumMap<>(TaskLimit.class);
        for (TaskLimit limit : TaskLimit.values()) {
            long value =
                    configured.get(limit.key()) instanceof Number number ? number.longValue() : limit.defaultValue();
            resolved.put(limit, Math.min(Math.max(value, 1), cap(limit)));
        }
        return new TaskLimits(resolved);
    }

    private static Optional<TaskLimit> byKey(String key) {
        for (TaskLimit limit : TaskLimit.values()) {
            if (limit.key().equals(key)) {
                return Optional.of(limit);
            }
        }
        return Optional.empty();
    }

    private static String keys() {
        List<String> keys = new ArrayList<>();
        for (TaskLimit limit : TaskLimit.values()) {
            keys.add(limit.key());
        }
        return String.join(", ", keys);
    }
}
