package dev.netbase.worker.group.application;

import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** What a task wrote, as JSON. */
final class TaskOutput {
    private TaskOutput() {}

    /**
     * The output as JSON text on one line: valid JSON as it was written, but for whitespace between its tokens; other
     * UTF-8 as a string; anything else as {@code {"base64": "…"}}.
     */
    static String json(byte[] output) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(ByteBuffer.wrap(output))
                    .toString();
        } catch (CharacterCodingException e) {
            return Json.write(Map.of("base64", Base64.getEncoder().encodeToString(output)));
        }
        return isJson(text) ? compact(text) : Json.write(text);
    }

    private static boolean isJson(String text) {
        if (text.isBlank()) {
            return false;
        }
        try {
            Json.parse(text);
            return true;
        } catch (JsonException e) {
            return false;
        }
    }

    /** Leaves out whitespace between tokens. Numbers and escapes stay as they were written. */
    private static String compact(String json) {
        StringBuilder compact = new StringBuilder(json.length());
        boolean inString = false;
        for (int i = 0; i < json.length(); i++) {
            char c = json.charAt(i);
            if (inString) {
                compact.append(c);
                if (c == '\\') {
                    compact.append(json.charAt(++i));
                } else if (c == '"') {
                    inString = false;
                }
            } else if (c != ' ' && c != '\n' && c != '\r' && c != '\t') {
                compact.append(c);
                inString = c == '"';
            }
        }
        return compact.toString();
    }
}
