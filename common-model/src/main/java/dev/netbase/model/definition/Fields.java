package dev.netbase.model.definition;

import dev.netbase.model.json.Json;
import dev.netbase.model.problem.FieldProblem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of one JSON object, read with their types; what is wrong is noted with its place. */
final class Fields {
    private final Map<String, @Nullable Object> values;
    private final String path;
    private final List<FieldProblem> problems;

    private Fields(Map<String, @Nullable Object> values, String path, List<FieldProblem> problems) {
        this.values = values;
        this.path = path;
        this.problems = problems;
    }

    static Fields of(@Nullable Object value, String path, List<FieldProblem> problems) {
        if (value instanceof Map<?, ?>) {
            return new Fields(Json.asObject(value), path, problems);
        }
        problems.add(new FieldProblem(path, "must be an object"));
        return new Fields(Map.of(), path, problems);
    }

    String path() {
        return path;
    }

    Map<String, @Nullable Object> values() {
        return values;
    }

    boolean has(String name) {
        return values.get(name) != null;
    }

    @Nullable
    Object get(String name) {
        return values.get(name);
    }

    void problem(String name, String message) {
        problems.add(new FieldProblem(path + "." + name, message));
    }

    void allow(Set<String> names) {
        for (String name : values.keySet()) {
            if (!names.contains(name)) {
                problem(
                        name,
                        "is not known here; known are "
                                + String.join(", ", names.stream().sorted().toList()));
            }
        }
    }

    String string(String name, boolean required) {
        Object value = values.get(name);
        if (value instanceof String text && !text.isEmpty()) {
            return text;
        }
        if (required || value != null) {
            problem(name, "must be a string that is not empty");
        }
        return "";
    }

    List<?> list(String name, boolean required) {
        Object value = values.get(name);
        if (value instanceof List<?> list) {
            return list;
        }
        if (required || value != null) {
            problem(name, "must be a list");
        }
        return List.of();
    }

    Fields object(String name) {
        Object value = values.get(name);
        return value == null
                ? new Fields(Map.of(), path + "." + name, problems)
                : of(value, path + "." + name, problems);
    }

    boolean bool(String name, boolean absent) {
        Object value = values.get(name);
        if (value != null && !(value instanceof Boolean)) {
            problem(name, "must be true or false");
        }
        return value instanceof Boolean given ? given : absent;
    }

    long integer(String name, long absent) {
        Object value = values.get(name);
        if (value != null && !(value instanceof Long)) {
            problem(name, "must be a whole number");
        }
        return value instanceof Long given ? given : absent;
    }

    Optional<Duration> duration(String name) {
        Object value = values.get(name);
        if (value == null) {
            return Optional.empty();
        }
        Optional<Duration> duration = value instanceof String text ? Durations.parse(text) : Optional.empty();
        if (duration.isEmpty() || duration.get().isZero()) {
            problem(name, "must be a duration such as 500ms, 30s, 5m or 1h");
            return Optional.empty();
        }
        return duration;
    }
}
