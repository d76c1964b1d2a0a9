package dev.netbase.model.expression;

import dev.netbase.model.problem.FieldProblem;
import java.util.ArrayList;
import java.util.List;

/** Finds the expressions in a string. */
final class TemplateStrings {
    private TemplateStrings() {}

    static Template compile(String text, String field, ExpressionCompiler compiler, List<FieldProblem> problems) {
        List<Template.Interpolated.Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int at = 0;
        while (at < text.length()) {
            if (text.startsWith("$${", at)) {
                literal.append("${");
                at += 3;
            } else if (text.startsWith("${", at)) {
                int end = closingBrace(text, at + 2);
                if (end < 0) {
                    problems.add(new FieldProblem(
                            field, "column " + (at + 1) + ": ${ is not closed; write $${ for a literal ${"));
                    return new Template.Literal(text);
                }
                if (!literal.isEmpty()) {
                    parts.add(new Template.Interpolated.Part.Text(literal.toString()));
                    literal.setLength(0);
                }
                try {
                    Expression expression = compiler.compile(text.substring(at + 2, end));
                    parts.add(new Template.Interpolated.Part.Value(new Template.Placed(field, expression)));
                } catch (ExpressionException e) {
                    problems.add(new FieldProblem(field, "column " + (at + 1) + ": " + e.getMessage()));
                    return new Template.Literal(text);
                }
                at = end + 1;
            } else {
                literal.append(text.charAt(at++));
            }
        }
        if (parts.isEmpty()) {
            return new Template.Literal(literal.toString());
        }
        if (parts.size() == 1
                && literal.isEmpty()
                && parts.getFirst() instanceof Template.Interpolated.Part.Value(Template.Placed placed)) {
            return new Template.Typed(placed);
        }
        if (!literal.isEmpty()) {
            parts.add(new Template.Interpolated.Part.Text(literal.toString()));
        }
        return new Template.Interpolated(List.copyOf(parts));
    }

    /** The index of the brace that ends an expression which begins at {@code from}, or -1. Braces in strings don't count. */
    private static int closingBrace(String text, int from) {
        int depth = 0;
        for (int i = from; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '{' -> depth++;
                case '}' -> {
                    if (depth-- == 0) {
                        return i;
                    }
                }
                case '"', '\'' -> {
                    i = closingQuote(text, i);
                    if (i < 0) {
                        return -1;
                    }
                }
                default -> {}
            }
        }
        return -1;
    }

    private static int closingQuote(String text, int open) {
        for (int i = open + 1; i < text.length(); i++) {
            if (text.charAt(i) == '\\') {
                i++;
            } else if (text.charAt(i) == text.charAt(open)) {
                return i;
            }
        }
        return -1;
    }
}
