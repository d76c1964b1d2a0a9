package dev.netbase.api.run.persistence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.run.RunStatus;
import dev.netbase.model.run.UnfinishedSql;
import org.junit.jupiter.api.Test;

class RunFilterTest {
    @Test
    void shouldNameOnlyTheFiltersAskedFor() {
        RunFilter all = new RunFilter(null, null, null);
        RunFilter ofWorkflow = new RunFilter(7L, null, null);

        assertThat(all.count()).endsWith("where true");
        assertThat(all.arguments().size()).isZero();
        assertThat(ofWorkflow.count()).endsWith("where r.workflow_id = $1::bigint");
        assertThat(ofWorkflow.list())
                .contains("limit $2::bigint offset $3::bigint")
                .doesNotContain(" is null or ");
    }

    @Test
    void shouldNumberArgumentsInTheirOrder() {
        RunFilter filter = new RunFilter(7L, RunStatus.FAILED, "parent");

        assertThat(filter.count())
                .endsWith("where r.workflow_id = $1::bigint and r.status = $2::text and r.parent_run_id = $3::text");
        assertThat(filter.arguments().getLong(0)).isEqualTo(7);
        assertThat(filter.arguments().getString(1)).isEqualTo("FAILED");
        assertThat(filter.arguments().getString(2)).isEqualTo("parent");
        assertThat(filter.list()).contains("limit $4::bigint offset $5::bigint");
    }

    @Test
    void shouldFindUnfinishedRunsByTheirOwnIndex() {
        for (RunStatus status : RunStatus.values()) {
            assertThat(new RunFilter(null, status, null).count().contains(UnfinishedSql.condition("r")))
                    .isEqualTo(!status.isTerminal());
        }
    }
}
