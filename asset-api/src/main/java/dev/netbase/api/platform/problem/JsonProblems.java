package dev.netbase.api.platform.problem;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import dev.netbase.model.problem.FieldProblem;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what is wrong with a JSON body without naming a class of ours. */
public final class JsonProblems {
    private JsonProblems() {}

    /** The place and the fault; the field is empty if the text is not JSON at all. */
    public static FieldProblem describe(JsonProcessingException e) {
        return switch (e) {
            case UnrecognizedPropertyException unknown ->
                new FieldProblem(field(unknown), "is not known here; known are " + known(unknown));
            case MismatchedInputException mismatch
            when !mismatch.getPath().isEmpty() ->
                new FieldProblem(field(mismatch), "must be " + expected(mismatch.getTargetType()));
            case MismatchedInputException mismatch ->
                new FieldProblem("", "the body must be " + expected(mismatch.getTargetType()));
            default -> new FieldProblem("", "the body is not valid JSON" + place(e.getLocation()) + reason(e));
        };
    }

    private static String place(@Nullable JsonLocation location) {
        return location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
    }

    /** The parser's own first line, which speaks of characters and tokens only. */
    private static String reason(JsonProcessingException e) {
        String message = e.getOriginalMessage();
        if (e instanceof JsonMappingException || message == null) {
            return "";
        }
        String line = message.lines().findFirst().orElse("").replaceAll("\\s*\\((for|through|start).*$", "");
        return line.contains("com.") || line.contains("java.") || line.contains("StreamRead") ? "" : ": " + line;
    }

    private static String field(JsonMappingException e) {
        StringBuilder field = new StringBuilder();
        for (JsonMappingException.Reference reference : e.getPath()) {
            if (reference.getFieldName() == null) {
                field.append('[').append(reference.getIndex()).append(']');
            } else {
                field.append(field.isEmpty() ? "" : ".").append(reference.getFieldName());
            }
        }
        return field.toString();
    }

    private static String known(UnrecognizedPropertyException e) {
        Collection<Object> known = e.getKnownPropertyIds();
        return known == null
                ? "none"
                : String.join(", ", known.stream().map(String::valueOf).sorted().toList());
    }

    private static String expected(@Nullable Class<?> type) {
        if (type == null) {
            return "of another type";
        }
        if (type == String.class) {
            return "a string";
        }
        if (type == boolean.class || type == Boolean.class) {
            return "true or false";
        }
        if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
            return "a whole number in range";
        }
        if (List.class.isAssignableFrom(type)) {
            return "a list";
        }
        if (type.isEnum()) {
            return "one of "
                    + String.join(
                            ", ",
                            List.of(type.getEnumConstants()).stream()
                                    .map(String::valueOf)
                                    .toList());
        }
        return Map.class.isAssignableFrom(type) || type.isRecord() ? "a JSON object" : "of another type";
    }
}
