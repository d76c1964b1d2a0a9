package dev.netbase.api.platform.problem;

import dev.netbase.model.problem.FieldProblem;
import jakarta.validation.ElementKind;
import jakarta.validation.Path;
import java.util.List;
import java.util.Locale;

/** The names of fields as a client wrote them. */
final class FieldNames {
    private FieldNames() {}

    /** The field that a violation of a method's parameter lies in: without method and parameter, in snake_case. */
    static String ofParameter(Path path) {
        StringBuilder field = new StringBuilder();
        for (Path.Node node : path) {
            if (node.getKind() == ElementKind.METHOD || node.getKind() == ElementKind.PARAMETER) {
                continue;
            }
            if (node.getIndex() != null) {
                field.append('[').append(node.getIndex()).append(']');
            }
            String name = node.getName();
            if (name != null && !name.startsWith("<")) {
                field.append(field.isEmpty() ? "" : ".").append(snakeCase(name));
            }
        }
        return field.isEmpty() ? "body" : field.toString();
    }

    static String snakeCase(String camelCase) {
        return camelCase.replaceAll("([a-z0-9])([A-Z])", "$1_$2").toLowerCase(Locale.ROOT);
    }

    /** All problems on one line. */
    static String summary(List<FieldProblem> errors) {
        return String.join(
                "; ",
                errors.stream()
                        .map(error -> error.field() + " " + error.message())
                        .toList());
    }
}
