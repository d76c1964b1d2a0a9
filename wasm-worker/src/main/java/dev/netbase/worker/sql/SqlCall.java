package dev.netbase.worker.sql;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A script with all that it runs with.
 *
 * @param parameters what the script's parameters stand for, JSON values by name; more than the script uses is no error
 * @param readOnly whether its transaction only reads
 * @param timeout from the moment it has a connection
 * @param maxRows the most rows of the result
 * @param maxOutputBytes the most bytes of the result as JSON
 * @param maxNoticeBytes of notices and warnings the last so many bytes are kept
 */
public record SqlCall(
        String dataSource,
        SqlScript script,
        Map<String, ? extends @Nullable Object> parameters,
        boolean readOnly,
        Duration timeout,
        long maxRows,
        long maxOutputBytes,
        int maxNoticeBytes) {}
