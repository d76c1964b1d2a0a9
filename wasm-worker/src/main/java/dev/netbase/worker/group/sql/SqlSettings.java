package dev.netbase.worker.group.sql;

import dev.netbase.worker.group.application.InvalidConfigException;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a configuration says to a SQL script.
 *
 * @param dataSource where it runs: {@code data_source}
 * @param readOnly whether it only reads: {@code read_only}, true unless the agent says false
 * @param maxRows the most rows of its result: {@code max_rows}, and not over the operator's
 */
record SqlSettings(String dataSource, boolean readOnly, long maxRows) {
    /** The settings of a merged configuration. */
    static SqlSettings of(Map<String, ? extends @Nullable Object> config, long rowsCap) throws InvalidConfigException {
        if (!(config.get("data_source") instanceof String dataSource) || dataSource.isEmpty()) {
            throw new InvalidConfigException("config.data_source must name one of the operator's data sources");
        }
        Object readOnly = config.get("read_only");
        if (readOnly != null && !(readOnly instanceof Boolean)) {
            throw new InvalidConfigException("config.read_only must be true or false");
        }
        Object maxRows = config.get("max_rows");
        if (maxRows != null && !(maxRows instanceof Long rows && rows >= 1)) {
            throw new InvalidConfigException("config.max_rows must be a whole number of at least 1");
        }
        return new SqlSettings(
                dataSource,
                !Boolean.FALSE.equals(readOnly),
                maxRows instanceof Long rows ? Math.min(rows, rowsCap) : rowsCap);
    }
}
