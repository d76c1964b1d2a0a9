package dev.netbase.model.definition;

import dev.netbase.model.expression.ExpressionException;
import dev.netbase.model.expression.Scope;
import dev.netbase.model.expression.Template;
import dev.netbase.model.file.FileSource;
import dev.netbase.model.file.NormalPath;
import dev.netbase.model.file.TaskFile;
import java.util.ArrayList;
import java.util.List;

/**
 * An entry of a node's {@code files}, compiled.
 *
 * @param path the place in the workspace
 * @param from the source; see {@link FileSource}
 */
public record FileTemplate(Template path, Template from) {
    /**
     * The files that a task gets.
     *
     * @throws ExpressionException if an expression fails, or gives no path or no source
     */
    public static List<TaskFile> evaluate(List<FileTemplate> templates, Scope scope) {
        if (templates.isEmpty()) {
            return List.of();
        }
        List<TaskFile> files = new ArrayList<>(templates.size());
        for (int i = 0; i < templates.size(); i++) {
            files.add(templates.get(i).evaluate("files[" + i + "]", scope));
        }
        NormalPath.conflict(files.stream().map(TaskFile::path).toList()).ifPresent(conflict -> {
            throw new ExpressionException("files: " + conflict);
        });
        return List.copyOf(files);
    }

    private TaskFile evaluate(String place, Scope scope) {
        String to = text(path, place + ".path", scope);
        NormalPath.problem(to).ifPresent(problem -> {
            throw new ExpressionException(place + ".path " + problem);
        });
        String source = text(from, place + ".from", scope);
        try {
            FileSource.parse(source);
        } catch (FileSource.InvalidException e) {
            throw new ExpressionException(place + ".from " + e.reason());
        }
        return new TaskFile(to, source);
    }

    private static String text(Template template, String place, Scope scope) {
        if (scope.resolve(template.evaluate(scope)) instanceof String text) {
            return text;
        }
        throw new ExpressionException(place + " must be a string");
    }
}
