package dev.netbase.worker.group.postgres;

import static io.opentelemetry.api.common.AttributeKey.longKey;
import static io.opentelemetry.api.common.AttributeKey.stringKey;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.worker.testing.TestConfig;
import dev.netbase.worker.testing.TestRuns;
import dev.netbase.worker.testing.TestWorker;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However its tasks come to begin, a group's span lies below the record's trace, and its tasks' below that. */
class GroupTracesTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";

    @TempDir
    Path artifacts;

    private TestDatabase database;
    private TestRuns runs;
    private TestWorker worker;

    @BeforeEach
    void setUp() {
        database = TestDatabase.migrated();
        runs = new TestRuns(database);
        worker = new TestWorker(database, artifacts, TestConfig.named("w")).registered();
    }

    @AfterEach
    void tearDown() {
        worker.close();
    }

    @Test
    void shouldTraceTasksThatAreClaimedFirst() {
        TaskGroup group = runs.group(runs.run(), 2);

        take(group);

        assertTraced(group);
    }

    @Test
    void shouldTraceTasksThatBeginBeforeTheyAreClaimed() {
        take(runs.group(runs.run(), 1));
        await().until(() -> worker.events.size() == 1);
        worker.spans.reset();
        worker.executor.haveNoEffects();
        long claims = worker.metrics.claimStatements();
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 2));

        take(group);

        assertTraced(group);
        assertThat(worker.metrics.claimStatements())
                .as("none was claimed first")
                .isEqualTo(claims);
    }

    @Test
    void shouldTraceTasksWhoseRowsAppearLaterThanTheirRecord() {
        TaskGroup group = runs.group(runs.run(), 2);
        String rows = "task_instances where group_id = '" + group.groupId() + "'";
        database.execute("create table elsewhere as select * from " + rows + "; delete from " + rows);

        take(group);
        database.execute("insert into task_instances select * from elsewhere");

        assertTraced(group);
    }

    private void take(TaskGroup group) {
        worker.traces.arrived(group, "00-" + TRACE + "-" + PARENT + "-01");
        worker.intake.take(List.of(group), Set.of()).await().indefinitely();
    }

    private void assertTraced(TaskGroup group) {
        await().untilAsserted(() -> assertThat(worker.spans.getFinishedSpanItems())
                .extracting(SpanData::getName)
                .containsExactly("execute_group", "execute_task", "execute_task"));
        List<SpanData> spans = worker.spans.getFinishedSpanItems();
        SpanData groups = spans.getFirst();
        assertThat(groups.getParentSpanId()).isEqualTo(PARENT);
        assertThat(groups.getAttributes().get(longKey("tasks"))).isEqualTo(2);
        assertThat(groups.getStartEpochNanos()).isLessThanOrEqualTo(groups.getEndEpochNanos());
        assertThat(spans).allSatisfy(span -> {
            assertThat(span.getTraceId()).isEqualTo(TRACE);
            assertThat(span.getAttributes().get(stringKey("run_id"))).isEqualTo(group.runId());
            assertThat(span.getAttributes().get(stringKey("group_id"))).isEqualTo(group.groupId());
        });
        assertThat(spans.subList(1, 3)).extracting(SpanData::getParentSpanId).containsOnly(groups.getSpanId());
        assertThat(spans.subList(1, 3))
                .extracting(span -> span.getAttributes().get(longKey("task_instance_id")))
                .containsExactlyInAnyOrderElementsOf(TestRuns.ids(group));
    }
}
