package dev.netbase.scheduler.statistics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.scheduler.platform.PlainDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TableStatisticsTest {
    private PlainDatabase database;
    private TableStatistics statistics;

    @BeforeEach
    void start() {
        database = new PlainDatabase();
        database.workflow(1, "");
        database.execute("alter table workflow_runs set (autovacuum_enabled = false)");
        statistics = new TableStatistics(database.database());
    }

    @AfterEach
    void stop() {
        database.close();
    }

    private void addRuns(int from, int to) {
        database.execute("""
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, finished_at)
                select lpad(n::text, 21, '0'), 1, 1, 1, 'COMPLETED', '{}', '{}', now()
                from generate_series(%d, %d) n""", from, to);
    }

    private String believed() {
        return database.query("select reltuples from pg_class where relname = 'workflow_runs'");
    }

    @Test
    void shouldHavePlansMadeAnewThatWereMadeForFewRuns() throws SQLException {
        addRuns(1, 7);
        database.execute("analyze workflow_runs");
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("set plan_cache_mode = force_generic_plan; set enable_seqscan = off");
            statement.execute("""
                    prepare advance (text[]) as
                    update workflow_runs r set version = r.version + 1 from unnest($1) u (id) where r.id = u.id""");
            assertThat(plan(statement)).as("of few runs all are read").doesNotContain("Index Cond: (id =");
            addRuns(8, 20_000);
            assertThat(plan(statement)).as("kept").doesNotContain("Index Cond: (id =");

            statistics.turn();

            assertThat(plan(statement)).contains("Index Cond: (id =");
        }
    }

    private static String plan(Statement statement) throws SQLException {
        StringBuilder plan = new StringBuilder();
        try (ResultSet rows = statement.executeQuery("explain execute advance('{1}')")) {
            while (rows.next()) {
                plan.append(rows.getString(1)).append('\n');
            }
        }
        return plan.toString();
    }

    @Test
    void shouldLeaveTablesAloneThatHaveGrownLittle() {
        addRuns(1, 20_000);
        database.execute("analyze workflow_runs");
        addRuns(20_001, 25_000);

        statistics.turn();

        assertThat(believed()).isEqualTo("20000");
    }

    @Test
    void shouldLeaveTablesAloneOfWhichNothingIsBelieved() {
        addRuns(1, 20_000);

        statistics.turn();

        assertThat(believed()).isEqualTo("-1");
    }
}
