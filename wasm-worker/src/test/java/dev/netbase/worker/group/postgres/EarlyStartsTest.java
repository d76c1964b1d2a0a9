package dev.netbase.worker.group.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.worker.group.application.GroupIntake;
import dev.netbase.worker.testing.TestConfig;
import dev.netbase.worker.testing.TestRuns;
import dev.netbase.worker.testing.TestWorker;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tasks that begin on their record's word, on a real PostgreSQL. */
class EarlyStartsTest {
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
        // The first task of a spec is claimed as usual; from then on the spec is known.
        take(runs.group(runs.run(), 1));
        awaitIdle();
        worker.executor.haveNoEffects();
        worker.events.clear();
    }

    @AfterEach
    void tearDown() {
        worker.close();
    }

    @Test
    void shouldClaimAndEndShortTasksInOneStatement() {
        long claims = worker.metrics.claimStatements();
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 3));

        CompletableFuture<?> decided = take(group);
        awaitIdle();

        assertThat(decided).isCompleted();
        assertThat(worker.metrics.claimStatements()).isEqualTo(claims);
        assertThat(worker.events).hasSize(3);
        for (Long id : TestRuns.ids(group)) {
            assertThat(runs.column(id, "status || ' ' || output || ' ' || worker_id"))
                    .isEqualTo("COMPLETED " + id + " w");
            assertThat(runs.column(id, "queued_at <= started_at and started_at <= finished_at"))
                    .isEqualTo("t");
        }
    }

    @Test
    void shouldClaimATaskThatTakesLongerWhileItRuns() {
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 1));
        Long id = TestRuns.ids(group).getFirst();
        worker.executor.hold(id);

        CompletableFuture<?> decided = take(group);

        await().untilAsserted(() -> assertThat(runs.column(id, "status")).isEqualTo("RUNNING"));
        await().untilAsserted(() -> assertThat(decided).isCompleted());
        worker.executor.letGo(id);
        awaitIdle();
        assertThat(runs.column(id, "status")).isEqualTo("COMPLETED");
        assertThat(worker.executor.executions(id)).isEqualTo(1);
    }

    @Test
    void shouldRunATaskAnewOfWhichTheRecordLied() {
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 1));
        Long id = TestRuns.ids(group).getFirst();
        database.execute("update task_instances set inputs = '\"the truth\"' where id = " + id);

        take(group);
        awaitIdle();

        assertThat(runs.column(id, "status || ' ' || output")).isEqualTo("COMPLETED \"the truth\"");
        assertThat(worker.executor.executions(id)).isEqualTo(2);
        assertThat(worker.events).hasSize(1);
    }

    @Test
    void shouldRunATaskAnewOfWhichTheRecordLiedWhenItTakesLonger() {
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 1));
        Long id = TestRuns.ids(group).getFirst();
        database.execute("update task_instances set timeout_ms = 4000 where id = " + id);
        worker.executor.hold(id);

        take(group);
        await().untilAsserted(() -> assertThat(worker.executor.executions(id)).isEqualTo(2));
        worker.executor.letGo(id);
        awaitIdle();

        assertThat(runs.column(id, "status")).isEqualTo("COMPLETED");
        assertThat(worker.events).hasSize(1);
    }

    @Test
    void shouldChangeNothingWhenARecordComesAgain() {
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 2));
        take(group);
        awaitIdle();
        String before = runs.column(TestRuns.ids(group).getFirst(), "finished_at");

        CompletableFuture<?> decided = take(group);
        awaitIdle();

        assertThat(decided).isCompleted();
        assertThat(runs.column(TestRuns.ids(group).getFirst(), "finished_at")).isEqualTo(before);
        assertThat(worker.events).hasSize(2);
    }

    @Test
    void shouldWaitForTheRowOfATaskThatIsClaimedFirst() {
        TaskGroup group = runs.group(runs.run(), 2);
        String ids = TestRuns.ids(group).stream().map(String::valueOf).collect(Collectors.joining(","));
        database.execute("create table elsewhere as select * from task_instances where id in (" + ids
                + "); delete from task_instances where id in (" + ids + ")");

        CompletableFuture<?> decided = take(group);
        assertThat(decided).isNotCompleted();
        database.execute("insert into task_instances select * from elsewhere");
        await().until(() -> worker.events.size() == 2);

        assertThat(decided).isCompleted();
        for (Long id : TestRuns.ids(group)) {
            assertThat(runs.column(id, "status")).isEqualTo("COMPLETED");
            assertThat(worker.executor.executions(id)).isEqualTo(1);
        }
    }

    @Test
    void shouldWaitForTheRowOfARecordThatWasFasterThanItsTransaction() {
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 1));
        Long id = TestRuns.ids(group).getFirst();
        database.execute("create table elsewhere as select * from task_instances where id = " + id
                + "; delete from task_instances where id = " + id);

        take(group);
        await().untilAsserted(() -> assertThat(worker.executor.executions(id)).isEqualTo(1));
        database.execute("insert into task_instances select * from elsewhere");
        awaitIdle();

        assertThat(runs.column(id, "status")).isEqualTo("COMPLETED");
        assertThat(worker.executor.executions(id)).isEqualTo(1);
    }

    @Test
    void shouldTellOfWhatTheSchedulerWroteWhileItWasToBeClaimed() {
        TaskGroup group = runs.wantingHints(runs.group(runs.run(), 1));
        Long id = TestRuns.ids(group).getFirst();
        long epoch = worker.lease.held().orElseThrow().epoch();
        database.execute("create table elsewhere as select * from task_instances where id = " + id
                + "; delete from task_instances where id = " + id
                + "; update elsewhere set status = 'COMPLETED', worker_id = 'w', worker_epoch = " + epoch);

        take(group);
        await().untilAsserted(() -> assertThat(worker.executor.executions(id)).isEqualTo(1));
        database.execute("insert into task_instances select * from elsewhere");
        awaitIdle();

        assertThat(worker.events).hasSize(1);
        assertThat(worker.executor.executions(id)).isEqualTo(1);
    }

    @Test
    void shouldWriteNothingForARunThatIsBeingCancelled() {
        String run = runs.run();
        TaskGroup group = runs.toldTrue(runs.group(run, 1));
        database.execute("update workflow_runs set cancelling = true where id = '" + run + "'");

        take(group);
        awaitIdle();

        assertThat(runs.column(TestRuns.ids(group).getFirst(), "status")).isEqualTo("PENDING");
        assertThat(worker.events).isEmpty();
    }

    /** Its worker may have been ended by it, in a moment of which no row tells. */
    @Test
    void shouldClaimFirstWhatAnotherProcessMayHaveHad() {
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 1));
        Long id = TestRuns.ids(group).getFirst();
        worker.executor.hold(id);
        long claims = worker.metrics.claimStatements();

        take(group, Set.of(group.groupId()));

        assertThat(worker.metrics.claimStatements()).isEqualTo(claims + 1);
        assertThat(runs.column(id, "status")).isEqualTo("RUNNING");
        worker.executor.letGo(id);
        awaitIdle();
        assertThat(worker.executor.executions(id)).isEqualTo(1);
    }

    @Test
    void shouldBeginAGroupBeforeItsRecordComes() {
        long claims = worker.metrics.claimStatements();
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 2));
        TestRuns.ids(group).forEach(worker.executor::hold);

        worker.intake.begin(group);
        await().untilAsserted(() -> assertThat(worker.executor.executions()).isEqualTo(3));
        CompletableFuture<?> decided = take(group);
        TestRuns.ids(group).forEach(worker.executor::letGo);
        awaitIdle();

        await().untilAsserted(() -> assertThat(decided).isCompleted());
        assertThat(worker.events).hasSize(2);
        for (Long id : TestRuns.ids(group)) {
            assertThat(runs.column(id, "status")).isEqualTo("COMPLETED");
            assertThat(worker.executor.executions(id)).isEqualTo(1);
        }
        assertThat(worker.metrics.claimStatements())
                .as("at most for what ran on")
                .isLessThanOrEqualTo(claims + 1);
    }

    @Test
    void shouldNotBeginWhatItsRecordHasBrought() {
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 1));
        take(group);
        awaitIdle();

        worker.intake.begin(group);
        worker.intake.begin(group);

        awaitIdle();
        assertThat(worker.executor.executions(TestRuns.ids(group).getFirst())).isEqualTo(1);
    }

    @Test
    void shouldBeginNothingThatMayNotBeginBeforeItIsClaimed() {
        TaskGroup ofUnknownSpec = runs.group(runs.run(), 1);

        worker.intake.begin(ofUnknownSpec);
        assertThat(worker.inHand.count()).isZero();

        take(ofUnknownSpec);
        awaitIdle();
        assertThat(runs.column(TestRuns.ids(ofUnknownSpec).getFirst(), "status"))
                .isEqualTo("COMPLETED");
    }

    /** A copy is sent when the scheduler believes the first lost. */
    @Test
    void shouldTakeACopyOfAGroupThatBeganBeforeItsRecordCame() {
        TaskGroup group = runs.toldTrue(runs.group(runs.run(), 1));
        Long id = TestRuns.ids(group).getFirst();
        worker.intake.begin(group);
        awaitIdle();
        take(group);
        database.execute("update task_instances set status = 'PENDING', worker_id = null where id = " + id);

        take(group);
        awaitIdle();

        assertThat(runs.column(id, "status")).isEqualTo("COMPLETED");
        assertThat(worker.executor.executions(id)).isEqualTo(2);
    }

    private CompletableFuture<?> take(TaskGroup group) {
        return take(group, Set.of());
    }

    private CompletableFuture<?> take(TaskGroup group, Set<String> old) {
        GroupIntake.Intake intake =
                worker.intake.take(List.of(group), old).await().indefinitely();
        assertThat(intake).isInstanceOf(GroupIntake.Taken.class);
        return ((GroupIntake.Taken) intake).decided().toCompletableFuture();
    }

    private void awaitIdle() {
        await().untilAsserted(() -> assertThat(worker.inHand.count()).isZero());
    }
}
