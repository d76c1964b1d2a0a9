package dev.netbase.api.platform.problem;

import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import org.hibernate.exception.JDBCConnectionException;
import org.jspecify.annotations.Nullable;

/** Tells a database that cannot be reached from a fault of ours. */
public final class Outage {
    private Outage() {}

    /** Whether the failure says that the database is not there or does not take work now. */
    public static boolean isOutage(Throwable failure) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++) {
            if (cause instanceof SocketException
                    || isReset(cause)
                    || cause instanceof ClosedConnectionException
                    || isInactive(cause)
                    || cause instanceof ClosedChannelException
                    || cause instanceof JDBCConnectionException
                    || cause instanceof TimeoutException
                    || "Timeout".equals(cause.getMessage())
                    || cause instanceof PgException e && isOutage(e.getSqlState())) {
                return true;
            }
            cause = cause.getCause();
        }
        return false;
    }

    /** As the JDK's channels say it. */
    private static boolean isReset(Throwable cause) {
        return cause instanceof IOException
                && cause.getMessage() != null
                && (cause.getMessage().contains("Connection reset")
                        || cause.getMessage().contains("Broken pipe"));
    }

    /** As the PostgreSQL client says it, only in words, of a connection that was closed between two statements. */
    private static boolean isInactive(Throwable cause) {
        return cause.getMessage() != null && cause.getMessage().startsWith("Connection is not active now");
    }

    /** Connection exceptions, insufficient resources, operator intervention; and tables that are not there yet. */
    private static boolean isOutage(@Nullable String sqlState) {
        return sqlState != null
                && (sqlState.startsWith("08")
                        || sqlState.startsWith("53")
                        || sqlState.startsWith("57P")
                        || sqlState.equals("42P01"));
    }
}
