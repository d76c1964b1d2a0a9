package dev.netbase.standalone.bench;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * What PostgreSQL has counted since its start. Unlike time, it is not the machine's neighbours' doing.
 *
 * @param blocks of 8 KiB that statements have looked at, in memory or on disk
 * @param tasks rows of tasks that were inserted
 */
record BlockCount(long blocks, long tasks) {
    /** A server process tells what it has counted when it is idle, and at most once a second. */
    private static final long TOLD_AFTER_MILLIS = 3_000;

    static BlockCount of(Connection connection) throws SQLException, InterruptedException {
        Thread.sleep(TOLD_AFTER_MILLIS);
        try (Statement statement = connection.createStatement();
                ResultSet counted = statement.executeQuery("""
                        select d.blks_hit + d.blks_read, t.n_tup_ins
                        from pg_stat_database d, pg_stat_user_tables t
                        where d.datname = current_database() and t.relname = 'task_instances'""")) {
            counted.next();
            return new BlockCount(counted.getLong(1), counted.getLong(2));
        }
    }

    double perTaskSince(BlockCount before) {
        return (double) (blocks - before.blocks) / (tasks - before.tasks);
    }
}
