package dev.netbase.model.expression;

import dev.cel.extensions.CelExtensions;
import dev.cel.extensions.CelStringExtensions.Function;
import dev.cel.runtime.CelFunctionBinding;
import dev.cel.runtime.CelRuntimeBuilder;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * CEL's string functions. Two of them give texts that are much longer than all that they get, so those are our own, and
 * pay for each piece before they add it. What the others give is paid for by whoever evaluates them.
 *
 * @see <a href="https://github.com/google/cel-java/tree/main/extensions#strings">their definition</a>
 */
final class StringFunctions {
    /** What the evaluation under way may still take. */
    static final ScopedValue<Budget> BUDGET = ScopedValue.newInstance();

    private StringFunctions() {}

    static CelRuntimeBuilder addTo(CelRuntimeBuilder runtime) {
        return runtime.addLibraries(CelExtensions.strings(
                        Function.CHAR_AT,
                        Function.INDEX_OF,
                        Function.LAST_INDEX_OF,
                        Function.LOWER_ASCII,
                        Function.SPLIT,
                        Function.SUBSTRING,
                        Function.TRIM,
                        Function.UPPER_ASCII))
                .addFunctionBindings(
                        CelFunctionBinding.from("list_join", List.class, list -> join(list, "")),
                        CelFunctionBinding.from("list_join_string", List.class, String.class, StringFunctions::join),
                        CelFunctionBinding.from(
                                "string_replace_string_string",
                                List.of(String.class, String.class, String.class),
                                of -> replace((String) of[0], (String) of[1], (String) of[2], -1)),
                        CelFunctionBinding.from(
                                "string_replace_string_string_int",
                                List.of(String.class, String.class, String.class, Long.class),
                                of -> replace((String) of[0], (String) of[1], (String) of[2], (long) of[3])));
    }

    private static String join(List<?> list, String separator) {
        Budget budget = BUDGET.get();
        StringBuilder joined = new StringBuilder();
        for (int i = 0; i < list.size(); i++) {
            if (!(list.get(i) instanceof String text)) {
                throw new ExpressionException("join takes a list of strings");
            }
            budget.take(separator.length() + text.length());
            joined.append(i == 0 ? "" : separator).append(text);
        }
        return joined.toString();
    }

    /** @param limit how often at most; below 0, without limit */
    private static String replace(String text, String target, String replacement, long limit) {
        Budget budget = BUDGET.get();
        budget.take(text.length());
        Matcher matcher = Pattern.compile(target, Pattern.LITERAL).matcher(text);
        StringBuilder replaced = new StringBuilder();
        for (long i = 0; (limit < 0 || i < limit) && matcher.find(); i++) {
            budget.take(replacement.length());
            matcher.appendReplacement(replaced, Matcher.quoteReplacement(replacement));
        }
        return matcher.appendTail(replaced).toString();
    }
}
