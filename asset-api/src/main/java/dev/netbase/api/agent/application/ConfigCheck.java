package dev.netbase.api.agent.application;

import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.limits.TaskLimit;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.task.AgentType;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an agent's configuration may say, by the agent's type: the form of every key that the worker reads, and limits
 * that apply and keep within the operator's caps. Whether a data source or an image exists, only the worker knows.
 */
final class ConfigCheck {
    private static final Set<TaskLimit> OF_WASM =
            EnumSet.complementOf(EnumSet.of(TaskLimit.CPU_MILLIS, TaskLimit.PIDS));
    private static final Set<TaskLimit> OF_SQL =
            EnumSet.of(TaskLimit.TIMEOUT_MS, TaskLimit.INPUT_BYTES, TaskLimit.OUTPUT_BYTES, TaskLimit.STDERR_BYTES);
    private static final Set<TaskLimit> OF_CONTAINERS =
            EnumSet.complementOf(EnumSet.of(TaskLimit.FUEL, TaskLimit.TABLE_ELEMENTS));

    private static final int MAX_IMAGE_CHARS = 512;
    private static final Pattern DATA_SOURCE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
    private static final Pattern IMAGE = Pattern.compile("(?:[A-Za-z0-9][A-Za-z0-9.-]*(?::[0-9]{1,5})?/)?"
            + "[a-z0-9]+(?:[._-]+[a-z0-9]+)*(?:/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)*"
            + "(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?");

    private final LimitCaps caps;

    ConfigCheck(LimitCaps caps) {
        this.caps = caps;
    }

    /** All that is wrong; fields are paths below {@code config}. */
    List<FieldProblem> check(AgentType type, Map<String, ? extends @Nullable Object> config) {
        List<FieldProblem> problems = new ArrayList<>(caps.check(config.get("limits"), "config.limits"));
        Check check = new Check(config, problems);
        check.form("inputs", value -> value instanceof Map<?, ?>, "must be an object");
        switch (type) {
            case WASM -> {
                check.limits(type, OF_WASM);
                check.program();
                check.form(
                        "workspace_mount",
                        value -> value instanceof String path && path.startsWith("/"),
                        "must be an absolute path");
            }
            case SQL -> {
                check.limits(type, OF_SQL);
                check.form(
                        "data_source",
                        value -> value instanceof String name
                                && DATA_SOURCE.matcher(name).matches(),
                        "must be the name of one of the operator's data sources: 1 to 64 of A-Z a-z 0-9 _ -");
                check.form("read_only", value -> value instanceof Boolean, "must be true or false");
                check.form(
                        "max_rows",
                        value -> value instanceof Long rows && rows >= 1,
                        "must be a whole number of at least 1");
                check.noOthers(type, Set.of("data_source", "read_only", "max_rows"));
            }
            case CONTAINER -> {
                check.limits(type, OF_CONTAINERS);
                check.program();
                check.form(
                        "image",
                        value -> value instanceof String image
                                && image.length() <= MAX_IMAGE_CHARS
                                && IMAGE.matcher(image).matches(),
                        "must be an image's name, such as registry.example/team/tool:1.0 or …@sha256:<digest>");
                check.form("network", value -> value instanceof Boolean, "must be true or false");
                check.noOthers(type, Set.of("image", "args", "env", "network"));
            }
        }
        return problems;
    }

    /** One configuration and what is wrong with it. */
    private record Check(Map<String, ? extends @Nullable Object> config, List<FieldProblem> problems) {
        private static final Set<String> OF_ALL = Set.of("limits", "inputs");

        /** Null and a missing key are the same: nothing is configured. */
        void form(String key, Predicate<Object> right, String problem) {
            Object value = config.get(key);
            if (value != null && !right.test(value)) {
                problems.add(new FieldProblem("config." + key, problem));
            }
        }

        void program() {
            form(
                    "args",
                    value -> value instanceof List<?> list && list.stream().allMatch(Check::isText),
                    "must be a list of strings");
            form(
                    "env",
                    value -> value instanceof Map<?, ?> map
                            && map.keySet().stream().allMatch(name -> isVariable(String.valueOf(name)))
                            && map.values().stream().allMatch(Check::isText),
                    "must be an object of strings, with names that variables can have");
        }

        void limits(AgentType type, Set<TaskLimit> applicable) {
            if (config.get("limits") instanceof Map<?, ?> limits) {
                for (TaskLimit limit : EnumSet.complementOf(EnumSet.copyOf(applicable))) {
                    if (limits.containsKey(limit.key())) {
                        problems.add(new FieldProblem(
                                "config.limits." + limit.key(), "does not apply to " + type + " agents"));
                    }
                }
            }
        }

        void noOthers(AgentType type, Set<String> ownKeys) {
            Set<String> known = new TreeSet<>(ownKeys);
            known.addAll(OF_ALL);
            for (String key : config.keySet()) {
                if (!known.contains(key)) {
                    problems.add(new FieldProblem(
                            "config." + key,
                            "is no setting of " + type + " agents; known are " + String.join(", ", known)));
                }
            }
        }

        private static boolean isText(@Nullable Object value) {
            return value instanceof String text && text.indexOf('\0') < 0;
        }

        private static boolean isVariable(String name) {
            return !name.isEmpty() && name.indexOf('=') < 0 && name.indexOf('\0') < 0;
        }
    }
}
