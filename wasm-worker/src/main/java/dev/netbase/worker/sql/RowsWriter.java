package dev.netbase.worker.sql;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.netbase.model.json.Json;
import dev.netbase.model.task.TaskErrorCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Writes a result as {@code {"rows":[{…},…],"row_count":N}}, value by value, up to its limits. */
final class RowsWriter {
    private final long maxRows;
    private final long maxBytes;

    RowsWriter(long maxRows, long maxBytes) {
        this.maxRows = maxRows;
        this.maxBytes = maxBytes;
    }

    /** The output of a statement that gives no rows but counts them. */
    static byte[] affected(long count) {
        return ("{\"rows\":[],\"row_count\":" + count + "}").getBytes(StandardCharsets.UTF_8);
    }

    /**
     * Reads all rows.
     *
     * @throws SqlFailedException with OUTPUT_TOO_LARGE past a limit, or INVALID_OUTPUT if two columns share a name or a
     *     {@code json} value is none that Netbase reads
     */
    byte[] write(ResultSet rows) throws SQLException, SqlFailedException {
        List<Column> columns = columns(rows.getMetaData());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long count = 0;
        try (JsonGenerator json = Json.MAPPER.getFactory().createGenerator(out)) {
            json.writeStartObject();
            json.writeArrayFieldStart("rows");
            while (rows.next()) {
                if (++count > maxRows) {
                    throw new SqlFailedException(
                            TaskErrorCode.OUTPUT_TOO_LARGE,
                            "the result has over " + maxRows
                                    + " rows (max_rows, or the operator's netbase.sql.max-rows)");
                }
                writeRow(rows, columns, json, out);
            }
            json.writeEndArray();
            json.writeNumberField("row_count", count);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        checkSize(out.size());
        return out.toByteArray();
    }

    private void writeRow(ResultSet rows, List<Column> columns, JsonGenerator json, ByteArrayOutputStream out)
            throws SQLException, SqlFailedException, IOException {
        json.writeStartObject();
        for (int i = 0; i < columns.size(); i++) {
            Column column = columns.get(i);
            json.writeFieldName(column.name());
            String text = rows.getString(i + 1);
            // What the value takes at least, so that it is not even written when there is no room for it.
            checkSize(out.size() + (text == null ? 0 : text.length() / 2));
            column.value().write(text, json);
        }
        json.writeEndObject();
        json.flush();
        checkSize(out.size());
    }

    private void checkSize(long bytes) throws SqlFailedException {
        if (bytes > maxBytes) {
            throw new SqlFailedException(
                    TaskErrorCode.OUTPUT_TOO_LARGE, "the result is over " + maxBytes + " bytes (limits.output_bytes)");
        }
    }

    private record Column(String name, SqlValue value) {}

    private static List<Column> columns(ResultSetMetaData metaData) throws SQLException, SqlFailedException {
        List<Column> columns = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (int i = 1; i <= metaData.getColumnCount(); i++) {
            String name = metaData.getColumnLabel(i);
            if (!names.add(name)) {
                throw new SqlFailedException(
                        TaskErrorCode.INVALID_OUTPUT,
                        "the result has two columns named \"" + name + "\": give one another name with AS");
            }
            String type = metaData.getColumnTypeName(i);
            columns.add(new Column(name, SqlValue.of(type, metaData.getColumnType(i) == Types.ARRAY)));
        }
        return columns;
    }
}
