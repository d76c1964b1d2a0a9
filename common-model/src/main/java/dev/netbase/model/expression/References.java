package dev.netbase.model.expression;

import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.ast.CelConstant;
import dev.cel.common.ast.CelExpr;
import dev.cel.common.navigation.CelNavigableAst;
import dev.cel.common.navigation.CelNavigableExpr;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What an expression refers to.
 *
 * @param names the variables it uses, {@code nodes} apart
 * @param nodes the nodes it uses
 */
record References(Set<String> names, Set<String> nodes) {

    /**
     * The references of a tree.
     *
     * @throws ExpressionException if {@code nodes} is used otherwise than as {@code nodes.KEY.output},
     *     {@code nodes["KEY"].output}, or the same with {@code artifacts}
     */
    static References of(CelAbstractSyntaxTree tree) {
        Set<String> names = new LinkedHashSet<>();
        Set<String> nodes = new LinkedHashSet<>();
        CelNavigableAst.fromAst(tree)
                .getRoot()
                .allNodes()
                .filter(node -> node.getKind() == CelExpr.ExprKind.Kind.IDENT)
                .forEach(node -> {
                    String name = node.expr().ident().name();
                    if (name.equals("nodes")) {
                        nodes.add(nodeKey(node));
                    } else if (ExpressionCompiler.variables().contains(name)) {
                        names.add(name);
                    }
                });
        return new References(Set.copyOf(names), Set.copyOf(nodes));
    }

    private static String nodeKey(CelNavigableExpr ident) {
        return ident.parent()
                .flatMap(parent -> step(parent.expr())
                        .filter(key -> parent.parent()
                                .flatMap(grandparent -> step(grandparent.expr()))
                                .filter(field -> field.equals("output") || field.equals("artifacts"))
                                .isPresent()))
                .orElseThrow(() -> new ExpressionException(
                        "nodes must be used as nodes.KEY.output, nodes[\"KEY\"].output, or the same with artifacts"));
    }

    /** The constant field name that an expression selects or indexes by, or empty. */
    static Optional<String> step(CelExpr expression) {
        return switch (expression.exprKind().getKind()) {
            case SELECT ->
                expression.select().testOnly()
                        ? Optional.empty()
                        : Optional.of(expression.select().field());
            case CALL ->
                expression.call().function().equals("_[_]")
                                && expression.call().args().get(1).exprKind().getKind()
                                        == CelExpr.ExprKind.Kind.CONSTANT
                                && expression.call().args().get(1).constant().getKind() == CelConstant.Kind.STRING_VALUE
                        ? Optional.of(expression.call().args().get(1).constant().stringValue())
                        : Optional.empty();
            case NOT_SET, CONSTANT, IDENT, LIST, STRUCT, MAP, COMPREHENSION -> Optional.empty();
        };
    }
}
