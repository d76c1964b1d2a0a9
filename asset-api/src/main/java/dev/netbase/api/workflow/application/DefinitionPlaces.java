package dev.netbase.api.workflow.application;

import dev.netbase.model.problem.FieldProblem;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says of problems which node they lie in, by the name that its author knows. */
final class DefinitionPlaces {
    private static final Pattern NODE = Pattern.compile("definition\\.nodes\\[([0-9]+)](?:\\..*)?", Pattern.DOTALL);

    private DefinitionPlaces() {}

    /** The same problems; those within a node with a message that names it. */
    static List<FieldProblem> withNodeKeys(List<FieldProblem> problems, Map<String, @Nullable Object> definition) {
        return problems.stream()
                .map(problem -> withNodeKey(problem, definition))
                .toList();
    }

    private static FieldProblem withNodeKey(FieldProblem problem, Map<String, @Nullable Object> definition) {
        Matcher matcher = NODE.matcher(problem.field());
        if (matcher.matches()
                && definition.get("nodes") instanceof List<?> nodes
                && Integer.parseInt(matcher.group(1)) < nodes.size()
                && nodes.get(Integer.parseInt(matcher.group(1))) instanceof Map<?, ?> node
                && node.get("key") instanceof String key
                && !problem.message().contains("'" + key + "'")) {
            return new FieldProblem(problem.field(), "node '" + key + "': " + problem.message());
        }
        return problem;
    }
}
