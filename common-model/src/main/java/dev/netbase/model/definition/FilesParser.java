package dev.netbase.model.definition;

import dev.netbase.model.expression.ExpressionCompiler;
import dev.netbase.model.expression.Template;
import dev.netbase.model.file.FileSource;
import dev.netbase.model.file.NormalPath;
import dev.netbase.model.problem.FieldProblem;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads {@code files} of a node. What holds no expression is checked in full, the rest when a task is dispatched. */
final class FilesParser {
    /** The most entries. */
    static final int MAX_FILES = 1_000;

    private final ExpressionCompiler compiler;
    private final List<FieldProblem> problems;

    FilesParser(ExpressionCompiler compiler, List<FieldProblem> problems) {
        this.compiler = compiler;
        this.problems = problems;
    }

    List<FileTemplate> parse(Fields node) {
        List<?> entries = node.list("files", false);
        if (entries.size() > MAX_FILES) {
            node.problem("files", "has " + entries.size() + " entries; " + MAX_FILES + " are allowed");
            return List.of();
        }
        List<FileTemplate> files = new ArrayList<>(entries.size());
        List<String> literalPaths = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            Fields entry = Fields.of(entries.get(i), node.path() + ".files[" + i + "]", problems);
            entry.allow(Set.of("path", "from"));
            Template path = template(entry, "path");
            Template from = template(entry, "from");
            literal(path).ifPresent(text -> checkPath(entry, text, literalPaths));
            checkSource(entry, from, String.valueOf(entry.get("from")));
            files.add(new FileTemplate(path, from));
        }
        NormalPath.conflict(literalPaths).ifPresent(conflict -> node.problem("files", conflict));
        return List.copyOf(files);
    }

    private Template template(Fields entry, String name) {
        String text = entry.string(name, true);
        return Template.compile(text, entry.path() + "." + name, compiler, problems);
    }

    private static void checkPath(Fields entry, String path, List<String> literalPaths) {
        if (path.isEmpty()) {
            return;
        }
        Optional<String> problem = NormalPath.problem(path);
        problem.ifPresent(what -> entry.problem("path", what));
        if (problem.isEmpty()) {
            literalPaths.add(path);
        }
    }

    private static void checkSource(Fields entry, Template from, String text) {
        Optional<String> whole = literal(from);
        if (whole.isPresent()) {
            if (!whole.get().isEmpty()) {
                try {
                    FileSource.parse(whole.get());
                } catch (FileSource.InvalidException e) {
                    entry.problem("from", e.reason());
                }
            }
        } else if (!text.startsWith("${") && FileSource.SCHEMES.stream().noneMatch(text::startsWith)) {
            entry.problem(
                    "from",
                    "must begin with one of "
                            + String.join(
                                    ", ", FileSource.SCHEMES.stream().sorted().toList()));
        }
    }

    private static Optional<String> literal(Template template) {
        return template instanceof Template.Literal(Object value) && value instanceof String text
                ? Optional.of(text)
                : Optional.empty();
    }
}
