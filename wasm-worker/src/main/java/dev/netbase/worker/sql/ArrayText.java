package dev.netbase.worker.sql;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.sql.SQLException;

/** An array as PostgreSQL writes it: <code>{1,NULL,"a \"b\""}</code>, arrays in it for each further dimension. */
final class ArrayText {
    private final String text;
    private int at;

    ArrayText(String text) {
        this.text = text;
        // Bounds that do not begin at 1 stand before the array.
        this.at = text.startsWith("[") ? text.indexOf('=') + 1 : 0;
    }

    /** Writes it as a JSON array, or arrays in one. */
    void write(SqlValue element, JsonGenerator json) throws IOException, SQLException, SqlFailedException {
        json.writeStartArray();
        at++;
        while (text.charAt(at) != '}') {
            switch (text.charAt(at)) {
                case ',' -> at++;
                case '{' -> write(element, json);
                case '"' -> element.write(quoted(), json);
                default -> {
                    String plain = plain();
                    element.write(plain.equals("NULL") ? null : plain, json);
                }
            }
        }
        at++;
        json.writeEndArray();
    }

    private String quoted() {
        StringBuilder value = new StringBuilder();
        for (at++; text.charAt(at) != '"'; at++) {
            if (text.charAt(at) == '\\') {
                at++;
            }
            value.append(text.charAt(at));
        }
        at++;
        return value.toString();
    }

    private String plain() {
        int start = at;
        while (text.charAt(at) != ',' && text.charAt(at) != '}') {
            at++;
        }
        return text.substring(start, at);
    }
}
