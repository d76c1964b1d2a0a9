package dev.netbase.scheduler.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.run.UnfinishedSql;
import dev.netbase.model.testing.TestDatabase;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Statistics are often taken while no run is under way: then the index of unfinished runs looks empty. */
class PlansTest {
    private static final String UNFINISHED = "workflow_runs_unfinished";
    private static TestDatabase database;

    @BeforeAll
    static void fillWithHistory() {
        database = TestDatabase.withHistory();
    }

    static Stream<String> advances() {
        return Stream.of(AdvanceStatement.PLAIN.sql(), AdvanceStatement.HINTED.sql(), AdvanceStatement.WHOLE.sql());
    }

    @ParameterizedTest
    @MethodSource("advances")
    void shouldFindTheRunsOfAnAdvanceByTheirIds(String sql) {
        assertThat(database.plan(sql))
                .contains("Index Scan using workflow_runs_pkey on workflow_runs r")
                .doesNotContain(UNFINISHED, "Seq Scan");
    }

    @Test
    void shouldFindUnfinishedRunsOfKnownIdsByTheirIds() {
        assertThat(database.plan("select id from workflow_runs where id = any($1::text[]) and finished_at is null"))
                .contains("workflow_runs_pkey")
                .doesNotContain(UNFINISHED);
    }

    @Test
    void shouldFindAllUnfinishedRunsByTheirOwnIndex() {
        assertThat(database.plan("select id from workflow_runs r where " + UnfinishedSql.condition("r")
                        + " and check_at < now()"))
                .contains(UNFINISHED);
    }
}
