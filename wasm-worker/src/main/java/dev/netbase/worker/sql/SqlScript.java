package dev.netbase.worker.sql;

import dev.netbase.model.task.TaskErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A script as the statements it consists of, at least one. */
public record SqlScript(List<SqlStatement> statements) {
    /** The most bytes of a script. */
    public static final int MAX_BYTES = 1 << 20;

    /** The most statements of a script. */
    public static final int MAX_STATEMENTS = 1_000;

    private static final Set<String> TRANSACTION_CONTROL =
            Set.of("begin", "start", "commit", "end", "rollback", "abort", "savepoint", "release");

    public SqlScript {
        statements = List.copyOf(statements);
    }

    /**
     * Takes a script apart.
     *
     * @throws SqlFailedException with INVALID_MODULE and the line: it is too large, not UTF-8, has no statement, ends
     *     within a literal or comment, or holds a statement that no script may
     */
    public static SqlScript parse(byte[] utf8) throws SqlFailedException {
        if (utf8.length > MAX_BYTES) {
            throw new SqlFailedException(TaskErrorCode.INVALID_MODULE, "the script is over " + MAX_BYTES + " bytes");
        }
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(utf8))
                    .toString();
        } catch (CharacterCodingException e) {
            throw new SqlFailedException(TaskErrorCode.INVALID_MODULE, "the script is not UTF-8");
        }
        SqlScript script = new SqlScript(new ScriptScanner(text).statements());
        if (script.statements().isEmpty()) {
            throw new SqlFailedException(TaskErrorCode.INVALID_MODULE, "the script has no statement");
        }
        if (script.statements().size() > MAX_STATEMENTS) {
            throw new SqlFailedException(
                    TaskErrorCode.INVALID_MODULE, "the script has over " + MAX_STATEMENTS + " statements");
        }
        for (SqlStatement statement : script.statements()) {
            check(statement);
        }
        return script;
    }

    /** Whether it has any parameter. */
    public boolean hasParameters() {
        return statements.stream().anyMatch(statement -> !statement.parameters().isEmpty());
    }

    private static void check(SqlStatement statement) throws SqlFailedException {
        if (TRANSACTION_CONTROL.contains(statement.command()) || isPrepareTransaction(statement)) {
            throw refused(
                    statement,
                    "the whole script is one transaction, which " + upper(statement) + " may not begin, divide or end");
        }
        if (statement.command().equals("copy")) {
            throw refused(statement, "COPY is not available: use SELECT and INSERT");
        }
    }

    private static boolean isPrepareTransaction(SqlStatement statement) {
        return statement.command().equals("prepare")
                && statement.sent().strip().toLowerCase(Locale.ROOT).matches("(?s)prepare\\s+transaction\\b.*");
    }

    private static String upper(SqlStatement statement) {
        return statement.command().toUpperCase(Locale.ROOT);
    }

    private static SqlFailedException refused(SqlStatement statement, String why) {
        return new SqlFailedException(TaskErrorCode.INVALID_MODULE, "line " + statement.line() + ": " + why);
    }
}
