package dev.netbase.worker.group.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.file.TaskArtifact;
import dev.netbase.model.file.TaskFile;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.worker.group.application.Cancellation.Reason;
import dev.netbase.worker.group.application.GroupIntake;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult;
import dev.netbase.worker.testing.TestConfig;
import dev.netbase.worker.testing.TestRuns;
import dev.netbase.worker.testing.TestWorker;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Claims, executions and results of task groups on a real PostgreSQL. */
class GroupExecutionTest {
    @TempDir
    Path artifacts;

    private final List<TestWorker> workers = new ArrayList<>();
    private TestDatabase database;
    private TestRuns runs;

    @BeforeEach
    void setUp() {
        database = TestDatabase.migrated();
        runs = new TestRuns(database);
    }

    @AfterEach
    void tearDown() {
        workers.forEach(TestWorker::close);
    }

    @Test
    void shouldRunEveryTaskOfAGroupOnWhatTheDatabaseSays() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 3);

        assertThat(take(worker, group)).isTrue();

        awaitIdle(worker);
        for (Long id : TestRuns.ids(group)) {
            assertThat(runs.column(id, "status")).isEqualTo("COMPLETED");
            assertThat(runs.column(id, "output")).isEqualTo(id.toString());
            assertThat(runs.column(id, "convert_from(stderr, 'UTF8')")).isEqualTo("to stderr");
            assertThat(runs.column(id, "fuel_used || ' ' || peak_memory_bytes")).isEqualTo("7 65536");
            assertThat(runs.column(id, "queued_at <= started_at and started_at <= finished_at"))
                    .isEqualTo("t");
            assertThat(runs.column(id, "error_code is null and error_message is null"))
                    .isEqualTo("t");
        }
        assertThat(eventIds(worker)).containsExactlyInAnyOrderElementsOf(TestRuns.ids(group));
    }

    @Test
    void shouldWriteWhatATaskLeftAndWhatItCost() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 1);
        Long id = TestRuns.ids(group).getFirst();
        database.execute("update task_instances set queued_at = now() - interval '1 hour',"
                + " files = '[{\"path\":\"in/a\",\"from\":\"s3://b/k\"}]'");
        List<TaskFile> files = new ArrayList<>();
        worker.executor.answer(call -> {
            files.addAll(call.files());
            return new TaskOutcome.Completed(
                    "12345".getBytes(StandardCharsets.UTF_8),
                    new byte[0],
                    new TaskOutcome.Usage(1, 2, 3, 4, 5, 6),
                    List.of(new TaskArtifact("r.txt", "a".repeat(64), 8)));
        });

        take(worker, group);

        awaitIdle(worker);
        assertThat(files).containsExactly(new TaskFile("in/a", "s3://b/k"));
        assertThat(runs.column(id, "artifacts"))
                .isEqualTo("[{\"path\":\"r.txt\",\"sha256\":\"" + "a".repeat(64) + "\",\"size_bytes\":8}]");
        assertThat(runs.column(id, "usage::jsonb - 'queued_us'"))
                .isEqualTo("{\"fuel_limit\": 10000000000, \"loading_us\": 4, \"running_us\": 6, \"input_bytes\": 1,"
                        + " \"output_bytes\": 5, \"workspace_bytes\": 3, \"instantiating_us\": 5}");
        assertThat(runs.column(id, "(usage ->> 'queued_us')::bigint between 3600000000 and 3700000000"))
                .isEqualTo("t");
    }

    @Test
    void shouldRunASuspectWithNothingElseAndSaySo() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup others = runs.group(runs.run(), 2);
        TaskGroup suspected = runs.group(runs.run(), 1);
        Long suspect = TestRuns.ids(suspected).getFirst();
        database.execute("update task_instances set deaths = 3 where id = " + suspect);
        TestRuns.ids(others).forEach(worker.executor::hold);
        worker.executor.hold(suspect);
        take(worker, others);
        await().untilAsserted(() -> assertThat(worker.executor.executions()).isEqualTo(2));

        take(worker, suspected);
        TaskGroup late = runs.group(runs.run(), 1);
        take(worker, late);
        worker.executor.letGo(TestRuns.ids(others).getFirst());
        await().untilAsserted(() -> assertThat(runs.count("COMPLETED")).isEqualTo(1));
        assertThat(worker.executor.executions(suspect)).isZero();
        assertThat(worker.executor.executions(TestRuns.ids(late).getFirst())).isZero();

        worker.executor.letGo(TestRuns.ids(others).getLast());
        await().untilAsserted(
                        () -> assertThat(worker.executor.executions(suspect)).isEqualTo(1));
        assertThat(runs.column(suspect, "alone")).isEqualTo("t");
        assertThat(worker.executor.executions(TestRuns.ids(late).getFirst())).isZero();

        worker.executor.letGo(suspect);
        awaitIdle(worker);
        assertThat(runs.count("COMPLETED")).isEqualTo(4);
    }

    @Test
    void shouldGiveTasksBackWhenItRegistersAnewOrStops() {
        TestWorker worker = worker(TestConfig.named("w").withLease(Duration.ofMillis(3)));
        Lease first = worker.lease.held().orElseThrow();
        database.execute("delete from workers");
        await().untilAsserted(() -> {
            worker.lease.tick();
            assertThat(worker.lease.held().orElseThrow().epoch()).isNotEqualTo(first.epoch());
        });

        worker.lease.release();

        assertThat(database.query("select string_agg(gave_back::text, ',') from lost_workers"))
                .isEqualTo("true,true");
    }

    @Test
    void shouldGiveBackWhatHasNotBegunAndEndTheRestUnderItsLease() {
        TestWorker worker = worker(TestConfig.named("w").withConcurrency(2));
        TaskGroup group = runs.group(runs.run(), 8);
        TestRuns.ids(group).forEach(worker.executor::hold);
        take(worker, group);
        await().untilAsserted(() -> assertThat(runs.count("RUNNING")).isEqualTo(8));
        await().untilAsserted(() -> assertThat(worker.executor.executions()).isEqualTo(2));
        long epoch = worker.lease.held().orElseThrow().epoch();

        worker.lease.giveBack(worker.inHand.cancelWaiting(Reason.WORKER_STOPPING));

        assertThat(worker.inHand.count()).as("those that run").isEqualTo(2);
        assertThat(database.query("select count(*) from task_instances where worker_epoch = -" + epoch))
                .isEqualTo("6");
        assertThat(database.query("select worker_epoch || ' ' || gave_back || ' ' || tasks from lost_workers"))
                .isEqualTo("-" + epoch + " true 6");
        worker.lease.tick();
        assertThat(worker.lease.held().orElseThrow().epoch()).isEqualTo(epoch);

        TestRuns.ids(group).forEach(worker.executor::letGo);
        awaitIdle(worker);
        assertThat(runs.count("COMPLETED")).isEqualTo(2);
        assertThat(runs.count("RUNNING")).as("others' to run again").isEqualTo(6);
    }

    @Test
    void shouldNotRenewALeaseWhoseLossWasNoticed() {
        TestWorker worker = worker(TestConfig.named("w").withLease(Duration.ofMillis(3)));
        Lease first = worker.lease.held().orElseThrow();
        database.execute("insert into lost_workers values ('w', " + first.epoch() + ", false, 1, false)");

        await().untilAsserted(() -> {
            worker.lease.tick();
            assertThat(worker.lease.held().orElseThrow().epoch()).isGreaterThan(first.epoch());
        });
        assertThat(database.query("select gave_back from lost_workers")).isEqualTo("f");
    }

    @Test
    void shouldRunNothingTwiceWhenAGroupIsRedelivered() {
        TestWorker worker = worker(TestConfig.named("one"));
        TestWorker other = worker(TestConfig.named("two"));
        TaskGroup group = runs.group(runs.run(), 2);
        worker.executor.hold(TestRuns.ids(group).getFirst());
        take(worker, group);
        await().untilAsserted(() -> assertThat(worker.inHand.count()).isEqualTo(1));

        take(worker, group);
        take(other, group);
        worker.executor.letGo(TestRuns.ids(group).getFirst());
        awaitIdle(worker);
        take(worker, group);

        assertThat(worker.executor.executions()).isEqualTo(2);
        assertThat(other.executor.executions()).isZero();
        assertThat(worker.events).hasSize(2);
    }

    @Test
    void shouldClaimAgainWhatItClaimedWhenTheAnswerWasLost() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 1);
        Lease lease = worker.lease.held().orElseThrow();
        database.execute(
                "update task_instances set status = 'RUNNING', worker_id = 'w', worker_epoch = " + lease.epoch());

        take(worker, group);

        awaitIdle(worker);
        assertThat(runs.count("COMPLETED")).isEqualTo(1);
    }

    @Test
    void shouldClaimNothingOfARunThatIsBeingCancelledOrHasEnded() {
        TestWorker worker = worker(TestConfig.named("w"));
        String cancelling = runs.run();
        String ended = runs.run();
        TaskGroup first = runs.group(cancelling, 1);
        TaskGroup second = runs.group(ended, 1);
        database.execute("update workflow_runs set cancelling = true where id = '" + cancelling + "';"
                + "update workflow_runs set finished_at = now() where id = '" + ended + "'");

        take(worker, first, second);

        assertThat(worker.inHand.count()).isZero();
        assertThat(runs.count("PENDING")).isEqualTo(2);
    }

    @Test
    void shouldClaimNothingOfAnotherAttempt() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 1);
        database.execute("update task_instances set attempt = 2");

        take(worker, group);

        assertThat(worker.executor.executions()).isZero();
        assertThat(runs.count("PENDING")).isEqualTo(1);
    }

    @Test
    void shouldHoldUpNoSiblingByASlowTask() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 100);
        Long slow = TestRuns.ids(group).get(50);
        worker.executor.hold(slow);

        take(worker, group);

        await().untilAsserted(() -> assertThat(worker.events).hasSize(99));
        assertThat(runs.count("COMPLETED")).isEqualTo(99);
        worker.executor.letGo(slow);
        awaitIdle(worker);
        assertThat(worker.events).hasSize(100);
    }

    @Test
    void shouldNeedFewStatementsForAThousandTasks() {
        database.execute("create extension pg_stat_statements");
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 1_000);
        database.execute("select pg_stat_statements_reset()");

        take(worker, group);

        awaitIdle(worker);
        assertThat(runs.count("COMPLETED")).isEqualTo(1_000);
        assertThat(Integer.parseInt(database.query("""
                        select sum(calls) from pg_stat_statements s join pg_database d on d.oid = s.dbid
                        where d.datname = current_database() and query ~ 'update task_instances|task_specs'"""))).isBetween(3, 60);
    }

    @Test
    void shouldClaimTheGroupsOfAPollTogether() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup first = runs.group(runs.run(), 2);
        TaskGroup second = runs.group(runs.run(), 3);

        take(worker, first, second);

        awaitIdle(worker);
        assertThat(worker.events).hasSize(5);
        assertThat(worker.metrics.claimStatements()).isEqualTo(1);
    }

    @Test
    void shouldDropResultsOfTasksThatAreAnotherWorkersNow() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 2);
        Long lost = TestRuns.ids(group).getFirst();
        worker.executor.hold(lost);
        take(worker, group);
        await().untilAsserted(() -> assertThat(worker.inHand.count()).isEqualTo(1));

        database.execute("update task_instances set attempt = 2, worker_id = 'other' where id = " + lost);
        worker.executor.letGo(lost);

        awaitIdle(worker);
        assertThat(runs.column(lost, "status")).isEqualTo("RUNNING");
        assertThat(worker.metrics.fencedCount()).isEqualTo(1);
        assertThat(eventIds(worker)).doesNotContain(lost);
    }

    @Test
    void shouldStopEverythingAndRegisterAnewWhenTheLeaseIsLost() {
        TestWorker worker = worker(TestConfig.named("w").withLease(Duration.ofMillis(3)));
        TaskGroup group = claimable(worker, runs.group(runs.run(), 1));
        Long id = TestRuns.ids(group).getFirst();
        Lease before = worker.lease.held().orElseThrow();
        worker.executor.hold(id);
        assertThat(take(worker, group)).isTrue();
        await().untilAsserted(() -> assertThat(worker.executor.executions(id)).isEqualTo(1));

        database.execute("delete from workers");
        await().untilAsserted(() -> {
            worker.lease.tick();
            assertThat(worker.lease.held().orElseThrow().epoch()).isGreaterThan(before.epoch());
        });

        awaitIdle(worker);
        assertThat(worker.executor.wasCancelled(id)).isTrue();
        assertThat(worker.events).isEmpty();
        assertThat(runs.column(id, "status")).isEqualTo("RUNNING");
        assertThat(worker.ended).isFalse();
    }

    @Test
    void shouldClaimNothingUnderALeaseThatHasRunOut() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 1);
        database.execute("update workers set deadline = now() - interval '1 second'");

        assertThat(take(worker, group)).isFalse();
        assertThat(runs.count("PENDING")).isEqualTo(1);

        worker.lease.tick();
        assertThat(take(worker, group)).isTrue();
        awaitIdle(worker);
        assertThat(runs.count("COMPLETED")).isEqualTo(1);
    }

    @Test
    void shouldEndAWorkerWhoseNameALiveOneHasTaken() {
        TestWorker first = worker(TestConfig.named("same").withLease(Duration.ofSeconds(30)));
        TaskGroup group = runs.group(runs.run(), 1);
        first.executor.hold(TestRuns.ids(group).getFirst());
        take(first, group);
        TestWorker second = worker(TestConfig.named("same"));

        assertThat(take(first, runs.group(runs.run(), 1))).isFalse();
        first.lease.tick();

        assertThat(first.ended).isTrue();
        assertThat(first.lease.held()).isEmpty();
        awaitIdle(first);
        second.lease.tick();
        assertThat(second.ended).isFalse();
        assertThat(second.lease.held()).isPresent();
    }

    @Test
    void shouldNeverUseAnEpochTwice() {
        TestWorker first = worker(TestConfig.named("w"));
        long epoch = first.lease.held().orElseThrow().epoch();
        first.lease.release();
        assertThat(database.query("select count(*) from workers")).isEqualTo("0");

        TestWorker second = worker(TestConfig.named("w"));

        assertThat(second.lease.held().orElseThrow().epoch()).isGreaterThan(epoch);
    }

    @Test
    void shouldStopTheTasksOfACancelledRunAndOnlyThose() {
        TestWorker worker = worker(TestConfig.named("w").withConcurrency(2));
        String cancelled = runs.run();
        TaskGroup group = runs.group(cancelled, 3);
        TaskGroup other = runs.group(runs.run(), 1);
        TestRuns.ids(group).forEach(worker.executor::hold);
        TestRuns.ids(other).forEach(worker.executor::hold);
        take(worker, group, other);
        await().untilAsserted(() -> assertThat(worker.executor.executions()).isEqualTo(2));

        database.execute("update workflow_runs set cancelling = true where id = '" + cancelled + "'");
        worker.cancellations.tick();

        await().untilAsserted(() -> assertThat(runs.count("CANCELLED")).isEqualTo(3));
        assertThat(runs.column(TestRuns.ids(group).getLast(), "error_code")).isEqualTo("CANCELLED");
        assertThat(worker.events.stream().map(TaskResult::error))
                .hasSize(3)
                .allSatisfy(error -> assertThat(error.code()).isEqualTo(TaskErrorCode.CANCELLED));
        worker.executor.letGo(TestRuns.ids(other).getFirst());
        awaitIdle(worker);
        assertThat(runs.count("COMPLETED")).isEqualTo(1);
    }

    @Test
    void shouldStopTheTasksOfANodeThatStopsAndOnlyThose() {
        TestWorker worker = worker(TestConfig.named("w"));
        String runId = runs.run();
        TaskGroup stopping = runs.group(runId, 2);
        TaskGroup other = runs.group(runId, 1);
        long slow = TestRuns.ids(other).getFirst();
        database.execute("update task_instances set node_key = 'other' where id = " + slow + ";"
                + "insert into run_nodes (run_id, node_key, status, total) values ('" + runId
                + "', 'node', 'STOPPING', 2)");
        TestRuns.ids(stopping).forEach(worker.executor::hold);
        worker.executor.hold(slow);
        take(worker, stopping, other);
        await().untilAsserted(() -> assertThat(worker.executor.executions()).isEqualTo(3));

        worker.cancellations.check(runId);

        await().untilAsserted(() -> assertThat(runs.count("CANCELLED")).isEqualTo(2));
        assertThat(runs.column(slow, "status")).isEqualTo("RUNNING");
        worker.executor.letGo(slow);
        awaitIdle(worker);
        assertThat(runs.count("COMPLETED")).isEqualTo(1);
    }

    @Test
    void shouldFailTasksThatNothingHereCanExecute() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup sql = runs.group(runs.run(), 1, 2);
        TaskGroup unknown = runs.group(runs.run(), 1, 99);

        take(worker, sql, unknown);

        awaitIdle(worker);
        assertThat(runs.column(TestRuns.ids(sql).getFirst(), "status || ' ' || error_code"))
                .isEqualTo("FAILED UNSUPPORTED_AGENT_TYPE");
        assertThat(runs.column(TestRuns.ids(unknown).getFirst(), "status || ' ' || error_code"))
                .isEqualTo("FAILED HOST_ERROR");
    }

    @Test
    void shouldStoreOutcomesOfEveryShapeInOneBatch() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 6);
        List<Long> ids = TestRuns.ids(group);
        byte[] binary = {0, 1, (byte) 0xff};
        worker.executor.answer(call -> switch ((int) (call.key().taskInstanceId() - ids.getFirst())) {
            case 0 -> failed(TaskErrorCode.TRAP, "nul \0, \"quotes\", {braces}, \\ and ä", binary);
            case 1 -> completed("{\"a\": \"\\u0000\"}".getBytes(StandardCharsets.UTF_8));
            case 2 -> completed(binary);
            case 3 -> completed(new byte[0]);
            case 4 -> throw new IllegalStateException("a fault of the executor");
            default -> completed("x".repeat(100_000).getBytes(StandardCharsets.UTF_8));
        });

        take(worker, group);

        awaitIdle(worker);
        assertThat(runs.column(ids.get(0), "error_message")).isEqualTo("nul \uFFFD, \"quotes\", {braces}, \\ and ä");
        assertThat(runs.column(ids.get(0), "encode(stderr, 'hex')")).isEqualTo("0001ff");
        assertThat(runs.column(ids.get(0), "output is null")).isEqualTo("t");
        assertThat(runs.column(ids.get(1), "output")).isEqualTo("{\"a\":\"\\u0000\"}");
        assertThat(runs.column(ids.get(1), "length(stderr)")).isEqualTo("0");
        assertThat(runs.column(ids.get(2), "output")).isEqualTo("{\"base64\":\"AAH/\"}");
        assertThat(runs.column(ids.get(3), "output")).isEqualTo("\"\"");
        assertThat(runs.column(ids.get(4), "error_code")).isEqualTo("HOST_ERROR");
        assertThat(runs.column(ids.get(5), "output")).startsWith("{\"$artifact\":\"");
    }

    @Test
    void shouldKeepResultsWhileTheDatabaseIsAway() {
        TestWorker worker = worker(TestConfig.named("w"));
        TaskGroup group = runs.group(runs.run(), 20);
        TestRuns.ids(group).forEach(worker.executor::hold);
        take(worker, group);
        await().untilAsserted(() -> assertThat(worker.executor.executions()).isEqualTo(20));

        database.goAway();
        TestRuns.ids(group).forEach(worker.executor::letGo);
        worker.lease.tick();
        assertThatThrownBy(() -> worker.intake
                        .take(List.of(group(group, 999)), Set.of())
                        .await()
                        .indefinitely())
                .isInstanceOf(RuntimeException.class);
        assertThat(worker.inHand.count()).isEqualTo(20);
        database.comeBack();

        awaitIdle(worker);
        assertThat(runs.count("COMPLETED")).isEqualTo(20);
        assertThat(worker.events).hasSize(20);
    }

    @Test
    void shouldWaitForTheSchemaBeforeItRegisters() {
        TestDatabase empty = TestDatabase.empty();
        TestWorker worker = new TestWorker(empty, artifacts, TestConfig.named("w"));
        workers.add(worker);
        worker.lease.tick();
        assertThat(worker.lease.held()).isEmpty();

        empty.migrate();
        worker.lease.tick();

        assertThat(worker.lease.held()).isPresent();
    }

    @Test
    void shouldRunNoMoreThanTheConcurrencyAtATime() {
        TestWorker worker = worker(TestConfig.named("w").withConcurrency(3));
        TaskGroup group = runs.group(runs.run(), 10);
        TestRuns.ids(group).forEach(worker.executor::hold);
        take(worker, group);
        await().untilAsserted(() -> assertThat(worker.executor.executions()).isEqualTo(3));

        worker.executor.letGo(TestRuns.ids(group).getFirst());

        await().untilAsserted(() -> assertThat(worker.executor.executions()).isEqualTo(4));
        TestRuns.ids(group).forEach(worker.executor::letGo);
        awaitIdle(worker);
        assertThat(runs.count("COMPLETED")).isEqualTo(10);
    }

    private TestWorker worker(TestConfig config) {
        TestWorker worker = new TestWorker(database, artifacts, config).registered();
        workers.add(worker);
        return worker;
    }

    private static boolean take(TestWorker worker, TaskGroup... groups) {
        return worker.intake.take(List.of(groups), Set.of()).await().indefinitely() instanceof GroupIntake.Taken;
    }

    /** Makes the lease valid for the claim, whose length is too short to rely on. */
    private TaskGroup claimable(TestWorker worker, TaskGroup group) {
        database.execute("update workers set deadline = now() + interval '1 hour' where id = '"
                + worker.lease.held().orElseThrow().workerId() + "'");
        return group;
    }

    private static TaskGroup group(TaskGroup like, long id) {
        TaskGroup.Task task = like.tasks().getFirst();
        return new TaskGroup(
                like.schema(),
                like.groupId(),
                like.runId(),
                List.of(new TaskGroup.Task(
                        id,
                        1,
                        task.node(),
                        null,
                        task.specId(),
                        task.agentType(),
                        task.modulePath(),
                        task.checksum(),
                        task.config(),
                        null,
                        1,
                        null)));
    }

    private static void awaitIdle(TestWorker worker) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(worker.inHand.count()).isZero());
    }

    private static List<Long> eventIds(TestWorker worker) {
        return worker.events.stream()
                .map(result -> result.claim().key().taskInstanceId())
                .toList();
    }

    private static TaskOutcome completed(byte[] output) {
        return new TaskOutcome.Completed(output, new byte[0], TaskOutcome.Usage.NONE);
    }

    private static TaskOutcome failed(TaskErrorCode code, String message, byte[] stderr) {
        return new TaskOutcome.Failed(code, message, stderr, TaskOutcome.Usage.NONE);
    }
}
