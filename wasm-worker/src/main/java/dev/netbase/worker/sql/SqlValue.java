package dev.netbase.worker.sql;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.task.TaskErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGbytea;

/** How values of a type, given as PostgreSQL writes them, become JSON. */
enum SqlValue {
    /** As it is, every digit; NaN and the infinities are strings. */
    NUMBER {
        @Override
        void writeText(String text, JsonGenerator json) throws IOException {
            if (JSON_NUMBER.matcher(text).matches()) {
                json.writeNumber(text);
            } else {
                json.writeString(text);
            }
        }
    },
    BOOLEAN {
        @Override
        void writeText(String text, JsonGenerator json) throws IOException {
            json.writeBoolean(text.equals("t"));
        }
    },
    /** As it is. */
    JSON {
        @Override
        void writeText(String text, JsonGenerator json) throws IOException, SqlFailedException {
            try {
                Object unused = Json.parse(text);
                json.writeRawValue(text);
            } catch (JsonException e) {
                throw new SqlFailedException(
                        TaskErrorCode.INVALID_OUTPUT,
                        "a json value of the result cannot be passed on: " + e.getMessage());
            }
        }
    },
    /** Base64. */
    BYTES {
        @Override
        void writeText(String text, JsonGenerator json) throws IOException, SQLException {
            byte[] bytes = PGbytea.toBytes(text.getBytes(StandardCharsets.US_ASCII));
            json.writeString(Base64.getEncoder().encodeToString(bytes));
        }
    },
    /** RFC 3339 if it has a zone, the same without an offset if it has none; infinity and years BC as they are. */
    TIME {
        @Override
        void writeText(String text, JsonGenerator json) throws IOException {
            json.writeString(rfc3339(text));
        }
    },
    TEXT {
        @Override
        void writeText(String text, JsonGenerator json) throws IOException {
            json.writeString(text);
        }
    },
    NUMBERS(NUMBER),
    BOOLEANS(BOOLEAN),
    JSONS(JSON),
    BYTES_LIST(BYTES),
    TIMES(TIME),
    TEXTS(TEXT);

    private static final Pattern JSON_NUMBER = Pattern.compile("-?[0-9]+(\\.[0-9]+)?(e[+-]?[0-9]+)?");
    private static final Pattern WITH_TIME =
            Pattern.compile("([0-9-]{10,} )?([0-9:]{8}(?:\\.[0-9]+)?)(?:([+-][0-9]{2})(:[0-9:]+)?)?");

    private final @Nullable SqlValue element;

    SqlValue() {
        this.element = null;
    }

    SqlValue(SqlValue element) {
        this.element = element;
    }

    /**
     * The way of a type.
     *
     * @param type its name, that of an array type with an underscore before it
     */
    static SqlValue of(String type, boolean array) {
        String name = array && type.startsWith("_") ? type.substring(1) : type;
        return switch (name) {
            case "int2", "int4", "int8", "oid", "smallserial", "serial", "bigserial", "numeric", "float4", "float8" ->
                array ? NUMBERS : NUMBER;
            case "bool" -> array ? BOOLEANS : BOOLEAN;
            case "json", "jsonb" -> array ? JSONS : JSON;
            case "bytea" -> array ? BYTES_LIST : BYTES;
            case "timestamp", "timestamptz", "timetz" -> array ? TIMES : TIME;
            // The one type whose arrays have another delimiter.
            case "box" -> TEXT;
            default -> array ? TEXTS : TEXT;
        };
    }

    /** Writes one value. */
    void write(@Nullable String text, JsonGenerator json) throws IOException, SQLException, SqlFailedException {
        if (text == null) {
            json.writeNull();
        } else {
            writeText(text, json);
        }
    }

    void writeText(String text, JsonGenerator json) throws IOException, SQLException, SqlFailedException {
        if (element == null) {
            throw new IllegalStateException(name());
        }
        new ArrayText(text).write(element, json);
    }

    private static String rfc3339(String text) {
        Matcher matcher = WITH_TIME.matcher(text);
        if (!matcher.matches()) {
            return text;
        }
        String date = matcher.group(1) == null ? "" : matcher.group(1).strip() + "T";
        String hours = matcher.group(3);
        String minutes = matcher.group(4) == null ? ":00" : matcher.group(4);
        String offset = hours == null ? "" : hours.equals("+00") && minutes.equals(":00") ? "Z" : hours + minutes;
        return date + matcher.group(2) + offset;
    }
}
