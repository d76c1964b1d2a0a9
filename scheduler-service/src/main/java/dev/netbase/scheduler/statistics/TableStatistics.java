package dev.netbase.scheduler.statistics;

import dev.netbase.scheduler.chore.Chore;
import dev.netbase.scheduler.platform.Database;
import io.vertx.mutiny.sqlclient.Row;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import org.jboss.logging.Logger;

/**
 * Has PostgreSQL look again at tables that have outgrown its statistics. Services keep the plans of their statements. One
 * that was made for a table of a few rows reads all of them instead of finding its own, and is kept until the statistics
 * change. Autovacuum sees to that within minutes, in which a system that had little to do takes ten thousands of runs.
 */
@ApplicationScoped
public class TableStatistics implements Chore {
    private static final Logger LOG = Logger.getLogger(TableStatistics.class);
    private static final Duration INTERVAL = Duration.ofSeconds(2);

    /**
     * Of the tables in which statements find rows for each task. For one without statistics PostgreSQL assumes that it is not
     * small, which is right. Only a table's owner may have it analyzed.
     */
    private static final String OUTGROWN = """
            select relname from pg_class
            where oid in ('workflow_runs'::regclass, 'run_nodes'::regclass, 'task_instances'::regclass)
              and reltuples >= 0
              and pg_relation_size(oid) / current_setting('block_size')::int > 2 * relpages + 16
              and pg_has_role(relowner, 'USAGE')""";

    private final Database database;

    public TableStatistics(Database database) {
        this.database = database;
    }

    @Override
    public String name() {
        return "statistics";
    }

    @Override
    public Duration interval() {
        return INTERVAL;
    }

    @Override
    public void turn() {
        for (Row row : database.query(OUTGROWN)) {
            String table = row.getString("relname");
            database.query("analyze (skip_locked) " + table);
            LOG.debugf("%s had outgrown its statistics", table);
        }
    }
}
