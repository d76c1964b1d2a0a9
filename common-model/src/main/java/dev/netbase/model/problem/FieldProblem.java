package dev.netbase.model.problem;

/**
 * One thing that is wrong with an input.
 *
 * @param field where, as a path from the document's root, for example {@code nodes[2].depends_on[0]}
 * @param message what is wrong and what would be right, for a person
 */
public record FieldProblem(String field, String message) {}
