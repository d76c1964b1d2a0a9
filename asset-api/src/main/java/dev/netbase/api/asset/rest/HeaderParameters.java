package dev.netbase.api.asset.rest;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The parameters of a header such as {@code form-data; name="file"; filename="a/b.wasm"}, taken as they stand: in a
 * quoted value only {@code "} ends it, and a backslash is a backslash, as the HTML standard has browsers write them.
 */
final class HeaderParameters {
    private HeaderParameters() {}

    /** The parameters by their names in lower case; of repeated ones the first. */
    static Map<String, String> of(String header) {
        Map<String, String> parameters = new LinkedHashMap<>();
        int i = header.indexOf(';');
        while (i >= 0 && i < header.length()) {
            int equals = header.indexOf('=', i);
            if (equals < 0) {
                break;
            }
            String name = header.substring(i + 1, equals).strip().toLowerCase(Locale.ROOT);
            int start = equals + 1;
            while (start < header.length() && header.charAt(start) == ' ') {
                start++;
            }
            boolean quoted = start < header.length() && header.charAt(start) == '"';
            int from = quoted ? start + 1 : start;
            int to = header.indexOf(quoted ? '"' : ';', from);
            if (to < 0) {
                to = header.length();
            }
            String value = header.substring(from, to);
            parameters.putIfAbsent(name, quoted ? value : value.strip());
            i = quoted ? header.indexOf(';', to) : to;
        }
        return parameters;
    }
}
