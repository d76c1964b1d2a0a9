package dev.netbase.worker.sql;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The operator's data sources by name. */
@Singleton
public class SqlDataSources {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,63}");
    private static final long SWEEP_SECONDS = 10;
    private final Map<String, SqlDataSource> sources = new TreeMap<>();
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("sql-timer").daemon().factory());

    /**
     * The configured data sources; none is connected to yet.
     *
     * @throws IllegalArgumentException if one's configuration cannot be right, naming the key
     */
    public SqlDataSources(SqlConfig config) {
        config.dataSources().forEach((name, source) -> {
            check(name, source);
            sources.put(name, new SqlDataSource(name, source));
        });
        if (!sources.isEmpty()) {
            var _ = timer.scheduleWithFixedDelay(this::closeIdle, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
        }
    }

    private static void check(String name, SqlConfig.Source source) {
        String prefix = "netbase.sql.data-sources." + name;
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException(prefix + ": a data source's name has 1 to 64 of A-Z a-z 0-9 _ -");
        }
        String url = source.url();
        if (!url.startsWith("postgresql://") && !url.startsWith("jdbc:postgresql://")) {
            throw new IllegalArgumentException(prefix + ".url must begin with postgresql:// or jdbc:postgresql://");
        }
        if (source.maxConnections() < 1) {
            throw new IllegalArgumentException(prefix + ".max-connections must be at least 1");
        }
        if (source.password().isPresent() && source.passwordFile().isPresent()) {
            throw new IllegalArgumentException(prefix + " has both a password and a password-file");
        }
    }

    /** How many scripts may run at a time on each data source. */
    public Map<String, Integer> maxConnections() {
        Map<String, Integer> all = new TreeMap<>();
        sources.forEach((name, source) -> all.put(name, source.maxConnections()));
        return all;
    }

    /** Whether a data source only reads; empty if there is none of this name. */
    public Optional<Boolean> readOnly(String name) {
        @Nullable SqlDataSource source = sources.get(name);
        return source == null ? Optional.empty() : Optional.of(source.readOnly());
    }

    /** A run of a script, not yet begun. The data source must exist. */
    public SqlExecution execution(SqlCall call) {
        @Nullable SqlDataSource source = sources.get(call.dataSource());
        if (source == null) {
            throw new IllegalArgumentException("there is no data source " + call.dataSource());
        }
        return new SqlExecution(source, call, timer);
    }

    private void closeIdle() {
        sources.values().forEach(SqlDataSource::closeIdle);
    }

    /** Closes all connections that are not in use, and the others when they are given back. */
    @PreDestroy
    public void close() {
        timer.shutdownNow();
        sources.values().forEach(SqlDataSource::close);
    }
}
