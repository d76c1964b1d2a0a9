package dev.netbase.standalone.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * How to reach the embedded server.
 *
 * @param port on 127.0.0.1
 * @param password of the superuser and of the services' role; the characters of base64url
 */
public record PostgresAccess(int port, String password) {
    public static final String SUPERUSER = "postgres";
    /** The services' role, which owns their database and is no superuser. */
    public static final String ROLE = "netbase";

    public static final String DATABASE = "netbase";
    private static final int SECONDS_TO_ANSWER = 2;

    /** The URL for reactive clients. */
    public String reactiveUrl() {
        return "postgresql://127.0.0.1:" + port + "/" + DATABASE;
    }

    /** The URL for JDBC. */
    public String jdbcUrl() {
        return "jdbc:" + reactiveUrl();
    }

    /** Opens a connection as superuser. */
    public Connection connectAsSuperuser(String database) throws SQLException {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setServerNames(new String[] {"127.0.0.1"});
        source.setPortNumbers(new int[] {port});
        source.setDatabaseName(database);
        source.setUser(SUPERUSER);
        source.setPassword(password);
        source.setConnectTimeout(SECONDS_TO_ANSWER);
        source.setLoginTimeout(SECONDS_TO_ANSWER);
        source.setSocketTimeout(0);
        return source.getConnection();
    }

    /** Whether the server takes queries. */
    boolean answers() throws SQLException {
        try (Connection connection = connectAsSuperuser(SUPERUSER)) {
            return connection.isValid(SECONDS_TO_ANSWER);
        }
    }

    /** Makes the services' role and database, unless they exist. */
    public void createDatabase() throws SQLException {
        try (Connection connection = connectAsSuperuser(SUPERUSER);
                Statement statement = connection.createStatement()) {
            if (!exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", ROLE)) {
                statement.execute("CREATE ROLE " + ROLE + " LOGIN PASSWORD '" + password + "'");
            }
            if (!exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", DATABASE)) {
                statement.execute("CREATE DATABASE " + DATABASE + " OWNER " + ROLE);
            }
        }
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet row = statement.executeQuery()) {
                return row.next();
            }
        }
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PostgresAccess[port=" + port + "]";
    }
}
