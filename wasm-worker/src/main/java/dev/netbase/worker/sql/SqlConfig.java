package dev.netbase.worker.sql;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** Where scripts may run and how much they may give back: {@code netbase.sql.*}. */
@ConfigMapping(prefix = "netbase.sql")
public interface SqlConfig {
    /** The data sources by name, {@code netbase.sql.data-sources.sales.url} for one. Without any, no script runs. */
    Map<String, Source> dataSources();

    /** The most rows of a result; an agent's {@code max_rows} may ask for fewer. */
    @WithDefault("10000")
    long maxRows();

    /** A PostgreSQL database. */
    interface Source {
        /**
         * {@code postgresql://host:port/database}, with or without {@code jdbc:} before it, and with driver parameters
         * such as {@code sslmode} after a question mark.
         */
        String url();

        /** The role that scripts run as. Give it no more rights than every script may have. */
        Optional<String> username();

        /** Its password. */
        Optional<String> password();

        /** A file with its password, instead of {@code password}; read for every new connection. */
        Optional<Path> passwordFile();

        /** Whether scripts can only read. If false, an agent must still ask with {@code "read_only": false}. */
        @WithDefault("true")
        boolean readOnly();

        /** How many scripts run at a time; the others wait. */
        @WithDefault("4")
        int maxConnections();

        /** How long a new connection may take. */
        @WithDefault("10s")
        Duration connectTimeout();

        /** After how long an unused connection is closed. */
        @WithDefault("1m")
        Duration idleTimeout();

        /**
         * Whether the role may be a superuser, or a member of a role that reads or writes the server's files or runs
         * its programs. Such a role makes every script's author master of the database server.
         */
        @WithDefault("false")
        boolean allowSuperuser();

        /** Whether this may be Netbase's own database. */
        @WithDefault("false")
        boolean allowNetbaseDatabase();
    }
}
