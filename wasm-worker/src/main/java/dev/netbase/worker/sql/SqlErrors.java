package dev.netbase.worker.sql;

import dev.netbase.model.task.TaskErrorCode;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/**
 * What an error of the database says to a task's owner. The script's own errors are EXIT_CODE, as those of any program
 * that gives up; the database's are HOST_ERROR, so that a retry may be told from them.
 */
final class SqlErrors {
    /** Connection, resources, operator intervention, system and internal errors. */
    private static final List<String> OF_THE_HOST = List.of("08", "53", "57P01", "57P02", "57P03", "57P05", "58", "XX");

    private static final String READ_ONLY_TRANSACTION = "25006";

    private SqlErrors() {}

    static SqlFailedException failure(String source, SqlCall call, SQLException e, @Nullable SqlStatement statement) {
        if (isResultTooLarge(e)) {
            return new SqlFailedException(
                    TaskErrorCode.OUTPUT_TOO_LARGE, at(statement, null) + "the result is too large");
        }
        @Nullable ServerErrorMessage server = e instanceof PSQLException psql ? psql.getServerErrorMessage() : null;
        String state = String.valueOf(e.getSQLState());
        if (server == null) {
            return isOfTheHost(state)
                    ? new SqlFailedException(
                            TaskErrorCode.HOST_ERROR,
                            "the connection to the data source " + source + " was lost; a write may have happened")
                    : new SqlFailedException(
                            TaskErrorCode.EXIT_CODE, at(statement, null) + "ERROR " + state + ": " + e.getMessage());
        }
        StringBuilder message = new StringBuilder(at(statement, server))
                .append(server.getSeverity())
                .append(' ')
                .append(state)
                .append(": ")
                .append(server.getMessage());
        append(message, " DETAIL: ", server.getDetail());
        append(message, " HINT: ", server.getHint());
        if (state.equals(READ_ONLY_TRANSACTION)) {
            append(message, " HINT: ", readOnlyHint(source, call));
        }
        return new SqlFailedException(
                isOfTheHost(state) ? TaskErrorCode.HOST_ERROR : TaskErrorCode.EXIT_CODE, message.toString());
    }

    /** Whether the connection cannot be spoken on any more. */
    static boolean breaksConnection(SQLException e) {
        return isResultTooLarge(e) || String.valueOf(e.getSQLState()).startsWith("08");
    }

    private static String readOnlyHint(String source, SqlCall call) {
        return call.readOnly()
                ? "scripts only read unless the agent's config has \"read_only\": false and the operator sets"
                        + " netbase.sql.data-sources." + source + ".read-only=false"
                : "the database or its role only reads";
    }

    private static void append(StringBuilder message, String label, @Nullable String text) {
        if (text != null) {
            message.append(label).append(text);
        }
    }

    /** The driver's own limit, of which it tells by its text alone. */
    private static boolean isResultTooLarge(SQLException e) {
        return String.valueOf(e.getMessage()).contains("maxResultBuffer");
    }

    private static boolean isOfTheHost(String state) {
        return OF_THE_HOST.stream().anyMatch(state::startsWith);
    }

    private static String at(@Nullable SqlStatement statement, @Nullable ServerErrorMessage server) {
        if (statement == null) {
            return "";
        }
        int line = server == null ? statement.line() : statement.lineOf(server.getPosition());
        return "line " + line + ": ";
    }
}
