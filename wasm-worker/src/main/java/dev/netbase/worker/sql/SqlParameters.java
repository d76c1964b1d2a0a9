package dev.netbase.worker.sql;

import dev.netbase.model.json.Json;
import dev.netbase.model.task.TaskErrorCode;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PGobject;

/**
 * Binds JSON values as parameters, each typed as the same constant would be if it were written in the script: whole
 * numbers {@code integer}, {@code bigint} or {@code numeric} by their size, others {@code numeric}; strings and null
 * take their type from where they stand. Arrays and objects are {@code jsonb}.
 */
final class SqlParameters {
    private SqlParameters() {}

    static void bind(SqlStatement statement, PreparedStatement to, Map<String, ? extends @Nullable Object> values)
            throws SQLException, SqlFailedException {
        for (int i = 0; i < statement.parameters().size(); i++) {
            String name = statement.parameters().get(i);
            if (!values.containsKey(name)) {
                throw new SqlFailedException(
                        TaskErrorCode.INPUT_UNAVAILABLE,
                        "line " + statement.line() + ": the inputs have no \"" + name + "\" for the parameter :"
                                + name);
            }
            bind(to, i + 1, values.get(name));
        }
    }

    private static void bind(PreparedStatement to, int index, @Nullable Object value) throws SQLException {
        switch (value) {
            case null -> to.setNull(index, Types.OTHER);
            case String text -> to.setObject(index, text, Types.OTHER);
            case Boolean bool -> to.setBoolean(index, bool);
            case Long number -> {
                if (number == number.intValue()) {
                    to.setInt(index, number.intValue());
                } else {
                    to.setLong(index, number);
                }
            }
            case BigInteger number -> to.setBigDecimal(index, new BigDecimal(number));
            case BigDecimal number -> to.setBigDecimal(index, number);
            case Map<?, ?> object -> to.setObject(index, jsonb(object));
            case List<?> list -> to.setObject(index, jsonb(list));
            default -> throw new IllegalArgumentException("not a JSON value: " + value.getClass());
        }
    }

    private static PGobject jsonb(Object value) throws SQLException {
        PGobject json = new PGobject();
        json.setType("jsonb");
        json.setValue(Json.write(value));
        return json;
    }
}
