package dev.netbase.model.expression;

import com.google.common.collect.ImmutableList;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelIssue;
import dev.cel.common.CelOptions;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.SimpleType;
import dev.cel.compiler.CelCompiler;
import dev.cel.compiler.CelCompilerFactory;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import dev.cel.runtime.CelRuntimeFactory;
import java.util.Optional;
import java.util.Set;

/**
 * Compiles expressions of the Common Expression Language (CEL), which has no side effects and always terminates, with
 * its standard macros and string functions. Work is bounded: {@value #MAX_LENGTH} characters an expression,
 * {@value #MAX_ITERATIONS} iterations an evaluation, and the {@link Budget} of the task or run. Safe for use by many threads.
 */
public final class ExpressionCompiler {
    /** The longest expression, in characters. */
    public static final int MAX_LENGTH = 4_096;
    /** The most iterations of macros in one evaluation. */
    public static final int MAX_ITERATIONS = 100_000;

    private static final CelOptions OPTIONS = CelOptions.current()
            .comprehensionMaxIterations(MAX_ITERATIONS)
            .maxExpressionCodePointSize(MAX_LENGTH)
            .build();

    private final CelCompiler compiler = CelCompilerFactory.standardCelCompilerBuilder()
            .setOptions(OPTIONS)
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addLibraries(CelExtensions.strings())
            .addVar("inputs", SimpleType.DYN)
            .addVar("nodes", SimpleType.DYN)
            .addVar("item", SimpleType.DYN)
            .addVar("index", SimpleType.INT)
            .build();

    private final CelRuntime runtime = StringFunctions.addTo(
                    CelRuntimeFactory.standardCelRuntimeBuilder().setOptions(OPTIONS))
            .build();

    /**
     * Compiles one expression.
     *
     * @param source the text between <code>${</code> and <code>}</code>
     * @throws ExpressionException if it is not valid, with the column within the expression
     */
    public Expression compile(String source) {
        CelAbstractSyntaxTree tree;
        try {
            tree = compiler.compile(source).getAst();
        } catch (CelValidationException e) {
            throw new ExpressionException(describe(source, e.getErrors()));
        }
        References references = References.of(tree);
        Optional<PathExpression> path = PathExpression.of(tree.getExpr(), references);
        if (path.isPresent()) {
            return path.get();
        }
        try {
            return new CelExpression(runtime.createProgram(tree), references, tree.getResultType());
        } catch (CelEvaluationException e) {
            throw new ExpressionException(String.valueOf(e.getMessage()));
        }
    }

    private static String describe(String source, Iterable<CelIssue> issues) {
        for (CelIssue issue : ImmutableList.copyOf(issues)) {
            int column = issue.getSourceLocation().getColumn() + 1;
            return "in ${" + source + "}, at " + column + ": " + issue.getMessage();
        }
        return "${" + source + "} is not a valid expression";
    }

    /** The names every expression may use. */
    public static Set<String> variables() {
        return Set.of("inputs", "nodes", "item", "index");
    }
}
