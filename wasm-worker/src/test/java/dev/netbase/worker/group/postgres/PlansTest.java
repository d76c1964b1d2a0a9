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
        database = TestDatabase.migrated();
        database.execute("""
                insert into users (subject, display_name) values ('plans', 'plans');
                insert into workflows (name, latest_version, owner_id) select 'w', 1, id from users where subject = 'plans';
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, finished_at)
                select lpad(n::text, 21, '0'), w.id, 1, w.owner_id, 'COMPLETED', '{}', '{}', now()
                from generate_series(1, 2000) n, workflows w;
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
        List<String> scans = database.plan(sql)
                .lines()
                .filter(line -> line.contains("Scan") && line.contains("task_instances"))
                .toList();

        assertThat(scans).hasSize(1).allMatch(line -> line.contains("Index Scan using task_instances_pkey"));
        assertThat(database.plan(sql))
                .containsPattern(
                        "Index Cond: \\(\\(run_id = \\(?[cux]\\.run_id\\)?(::text)?\\) AND \\(id = [cux]\\.id\\)");
    }

    @ParameterizedTest
    @MethodSource("statements")
    void shouldFindEachRunByItsId(String sql) {
        List<String> scans = database.plan(sql)
                .lines()
                .filter(line -> line.contains("Scan") && line.contains("workflow_runs"))
                .toList();

        assertThat(scans)
                .hasSize(sql.contains("workflow_runs") ? 1 : 0)
                .allMatch(line -> line.contains("Index Scan using workflow_runs_pkey"));
        assertThat(database.plan(sql).contains("Index Cond: (id = ")).isEqualTo(sql.contains("workflow_runs"));
    }
}
