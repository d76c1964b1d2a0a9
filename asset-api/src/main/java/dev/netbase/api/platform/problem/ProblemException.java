package dev.netbase.api.platform.problem;

import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.problem.ProblemCode;
import java.util.List;

/** A request that cannot be served, with all that the caller is told about it. Carries no stack trace. */
public final class ProblemException extends RuntimeException {
    private final ProblemCode code;
    private final String detail;
    private final transient List<FieldProblem> errors;

    /**
     * @param code what kind of problem
     * @param detail what is wrong with this request, for a person
     */
    public ProblemException(ProblemCode code, String detail) {
        this(code, detail, List.of());
    }

    /** A problem with the places it lies in. */
    public ProblemException(ProblemCode code, String detail, List<FieldProblem> errors) {
        super(code.code() + ": " + detail, null, false, false);
        this.code = code;
        this.detail = detail;
        this.errors = List.copyOf(errors);
    }

    /** A request whose one field is wrong: 400. */
    public static ProblemException invalidField(String field, String message) {
        return new ProblemException(
                ProblemCode.INVALID_REQUEST, field + " " + message, List.of(new FieldProblem(field, message)));
    }

    /** What kind of problem it is. */
    public ProblemCode code() {
        return code;
    }

    /** What is wrong, for a person. */
    public String detail() {
        return detail;
    }

    /** The fields that are wrong; may be empty. */
    public List<FieldProblem> errors() {
        return errors;
    }
}
