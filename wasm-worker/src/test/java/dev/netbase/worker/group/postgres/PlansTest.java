package dev.netbase.worker.group.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.task.ShortTaskSql;
import dev.netbase.model.testing.TestDatabase;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The plans that a worker keeps for any number of tasks. */
class PlansTest {
    private static TestDatabase database;

    @BeforeAll
    static void fillWithHistory() {
        database = TestDatabase.withHistory();
        database.execute("""
                insert into task_instances (run_id, id, node_key, status, attempt, inputs)
                select r.id, n, 'a', 'COMPLETED', 1, '1' from workflow_runs r, generate_series(1, 5) n;
                analyze""");
    }

    static Stream<String> statements() {
        return Stream.of(
                PgResultStore.WRITE,
                PgResultStore.WRITTEN,
                PgClaimStore.CLAIM,
                PgClaimStore.CLAIMABLE,
                ShortTaskSql.claimAndEnd());
    }

    @ParameterizedTest
    @MethodSource("statements")
    void shouldFindEachTaskByItsKey(String sql) {
        String plan = database.plan(sql);

        assertThat(scans(plan, "task_instances"))
                .hasSize(1)
                .allMatch(line -> line.contains("Index Scan using task_instances_pkey"));
        assertThat(plan)
                .containsPattern(
                        "Index Cond: \\(\\(run_id = \\(?[cux]\\.run_id\\)?(::text)?\\) AND \\(id = [cux]\\.id\\)");
    }

    @ParameterizedTest
    @MethodSource("statements")
    void shouldFindEachRunByItsId(String sql) {
        String plan = database.plan(sql);

        assertThat(scans(plan, "workflow_runs"))
                .hasSize(sql.contains("workflow_runs") ? 1 : 0)
                .allMatch(line -> line.contains("Index Scan using workflow_runs_pkey"));
        assertThat(plan.contains("Index Cond: (id = ")).isEqualTo(sql.contains("workflow_runs"));
    }

    private static List<String> scans(String plan, String table) {
        return plan.lines()
                .filter(line -> line.contains("Scan") && line.contains(table))
                .toList();
    }
}
