package dev.netbase.api.asset.rest;

import dev.netbase.api.platform.problem.ProblemException;
import dev.netbase.model.problem.ProblemCode;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a part of an upload is called.
 *
 * @param fileName the name as sent, with {@code %22 %0D %0A} decoded and nothing else; null if there is none
 */
record PartDisposition(String name, @Nullable String fileName) {
    private static final String HEADER = "content-disposition:";
    private static final Pattern FOLDED_LINE = Pattern.compile("\r\n[ \t]+");

    /** @throws ProblemException {@code invalid-request} if the headers name no part */
    static PartDisposition of(String headers) {
        for (String line : FOLDED_LINE.matcher(headers).replaceAll(" ").split("\r\n", -1)) {
            if (line.toLowerCase(Locale.ROOT).startsWith(HEADER)) {
                Map<String, String> parameters = HeaderParameters.of(line.substring(HEADER.length()));
                String name = parameters.get("name");
                if (name != null) {
                    String fileName = parameters.get("filename");
                    return new PartDisposition(unescape(name), fileName == null ? null : unescape(fileName));
                }
            }
        }
        throw new ProblemException(
                ProblemCode.INVALID_REQUEST, "a part of the body has no Content-Disposition with a name");
    }

    private static String unescape(String value) {
        return value.replace("%22", "\"")
                .replace("%0D", "\r")
                .replace("%0d", "\r")
                .replace("%0A", "\n")
                .replace("%0a", "\n");
    }
}
