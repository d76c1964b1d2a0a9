package dev.netbase.scheduler.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.id.Ids;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.model.topic.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.vertx.mutiny.sqlclient.Pool;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The service on a real PostgreSQL and a real broker, with a worker whose every step the test takes. */
@QuarkusTest
@QuarkusTestResource(BackingServices.class)
class SchedulerQuarkusTest {
    private static boolean isRegistered;

    @Inject
    Pool pool;

    private TestDatabase database;
    private FakeWorker worker;

    @BeforeEach
    void start() {
        database = BackingServices.database();
        if (!isRegistered) {
            register();
            isRegistered = true;
        }
        worker = new FakeWorker(database, BackingServices.brokers());
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    private void register() {
        Registered registered = new Registered(database, 1);
        registered.agent(1, "x");
        database.execute("""
                update asset_files set default_config = '{"limits":{"fuel":5,"timeout_ms":1000}}' where id = 1;
                update agents set config = '{"limits":{"fuel":6}}' where id = 1""");
        registered.workflow(1, "chain", """
                {"nodes":[{"key":"a","agent":"x","inputs":{"v":"${inputs.v}"}},
                          {"key":"b","agent":"x","depends_on":["a"],"inputs":"${nodes.a.output}"}],
                 "output":"${nodes.b.output}"}""");
        registered.workflow(2, "fan", """
                {"nodes":[{"key":"a","agent":"x","for_each":"${inputs.items}","inputs":"${item}"}],
                 "output":"${nodes.a.output}"}""");
        registered.workflow(
                3, "closed", "{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\"}],\"triggers\":{\"kafka\":false}}");
        registered.workflow(4, "retry", """
                {"nodes":[{"key":"a","agent":"x","retry":{"max_attempts":2,"backoff":"50ms"}}]}""");
    }

    private String trigger(String workflow, String inputs) {
        String eventId = Ids.timeOrdered(System.currentTimeMillis());
        worker.send(
                Topics.WORKFLOW_TRIGGERS,
                "k",
                "{\"type\":\"START_WORKFLOW\",\"event_id\":\"%s\",\"workflow\":\"%s\",\"inputs\":%s}"
                        .formatted(eventId, workflow, inputs));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> database.query("select count(*) from trigger_events where event_id = '" + eventId + "'")
                        .equals("1"));
        return database.query("select run_id from trigger_events where event_id = '" + eventId + "'");
    }

    private void awaitStatus(String runId, String status) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> database.query("select status from workflow_runs where id = '" + runId + "'")
                        .equals(status));
    }

    @Test
    void shouldDispatchGroupsThatSayWhatToRunAndEndTheRun() {
        String runId = trigger("chain", "{\"v\":[1,2.50]}");
        FakeWorker.Task a = worker.receive(runId).getFirst();

        assertThat(a.attempt()).isEqualTo(1);
        assertThat(a.json().path("node").asText()).isEqualTo("a");
        assertThat(a.json().path("agent_type").asText()).isEqualTo("WASM");
        assertThat(a.json().path("module_path").asText()).endsWith("/p1/1.0.0/bin/x.wasm");
        assertThat(a.json().path("checksum").asText()).hasSize(64);
        assertThat(a.json().path("config").toString()).isEqualTo("{\"limits\":{\"fuel\":6,\"timeout_ms\":1000}}");
        assertThat(a.json().path("timeout_ms").asInt()).isEqualTo(1_000);
        assertThat(a.json().path("inputs").toString()).isEqualTo("{\"v\":[1,2.5]}");

        worker.complete(a, "\"first\"");
        FakeWorker.Task b = worker.receive(runId).getFirst();
        assertThat(b.json().path("inputs").asText()).isEqualTo("first");
        worker.complete(b, "{\"done\":true}");

        awaitStatus(runId, "COMPLETED");
        assertThat(database.query("select output::text from workflow_runs where id = '" + runId + "'"))
                .isEqualTo("{\"done\":true}");
        assertThat(worker.await(value -> value.path("subject").asText().equals(runId)
                                && value.path("type").asText().equals("RUN_COMPLETED"))
                        .path("data")
                        .path("workflow")
                        .asText())
                .isEqualTo("chain");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> database.query("select count(*) from outbox").equals("0"));
    }

    @Test
    void shouldFindAnOutcomeThatNoEventTold() {
        String runId = trigger("chain", "{\"v\":1}");
        worker.completeSilently(worker.receive(runId).getFirst(), "1");

        worker.completeSilently(worker.receive(runId).getFirst(), "2");

        awaitStatus(runId, "COMPLETED");
    }

    @Test
    void shouldFindARunThatNobodyRequested() {
        String runId = Ids.timeOrdered(System.currentTimeMillis());
        database.execute("""
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, check_at)
                values ('%s', 1, 1, 1, 'PENDING', '{"v":3}', '{}', now())""".formatted(runId));

        assertThat(worker.receive(runId).getFirst().json().path("inputs").toString())
                .isEqualTo("{\"v\":3}");
    }

    @Test
    void shouldSendAgainWhatNobodyClaimed() {
        String runId = trigger("chain", "{\"v\":1}");
        FakeWorker.Task first = worker.receive(runId).getFirst();

        FakeWorker.Task again = worker.receive(runId).getFirst();

        assertThat(again.id()).isEqualTo(first.id());
        assertThat(again.attempt()).isEqualTo(1);
    }

    @Test
    void shouldRunTasksOfALostWorkerAgainAloneAndRefuseItsLateResult() {
        String runId = trigger("fan", "{\"items\":[\"p\",\"q\"]}");
        List<FakeWorker.Task> tasks = worker.receive(runId);
        tasks.forEach(worker::claim);
        worker.die();

        FakeWorker.Task one = worker.receive(runId).getFirst();
        FakeWorker.Task two = worker.receive(runId).getFirst();
        assertThat(List.of(one.attempt(), two.attempt())).containsExactly(2, 2);
        assertThat(one.groupId()).isNotEqualTo(two.groupId());
        worker.complete(tasks.getFirst(), "\"late\"");
        worker.comeBack();
        worker.complete(one, "\"one\"");
        worker.complete(two, "\"two\"");

        awaitStatus(runId, "COMPLETED");
        assertThat(database.query("select output::text from workflow_runs where id = '" + runId + "'"))
                .isEqualTo(one.id() < two.id() ? "[\"one\",\"two\"]" : "[\"two\",\"one\"]");
        assertThat(database.query("select sum(losses) from task_instances where run_id = '" + runId + "'"))
                .isEqualTo("2");
    }

    @Test
    void shouldBlameTheTaskThatWasAloneWithThreeLostWorkersAndNoSibling() {
        String runId = trigger("fan", "{\"items\":[\"guilty\",\"innocent\"]}");
        List<FakeWorker.Task> tasks = worker.receive(runId);
        long guilty = tasks.getFirst().id();
        tasks.forEach(worker::claim);
        worker.die();
        List<FakeWorker.Task> again =
                List.of(worker.receive(runId).getFirst(), worker.receive(runId).getFirst());
        for (int death = 0; death < 3; death++) {
            worker.comeBack();
            again.stream().filter(task -> task.id() == guilty).forEach(worker::claim);
            if (death == 0) {
                again.stream().filter(task -> task.id() != guilty).forEach(task -> worker.complete(task, "1"));
            }
            worker.die();
            if (death < 2) {
                again = worker.receive(runId);
                assertThat(again)
                        .singleElement()
                        .satisfies(task -> assertThat(task.id()).isEqualTo(guilty));
            }
        }

        awaitStatus(runId, "FAILED");
        String where = " from task_instances where run_id = '" + runId + "' and id = " + guilty;
        assertThat(database.query("select status || ' ' || error_code || ' ' || losses || ' ' || lone_deaths" + where))
                .isEqualTo("FAILED WORKER_LOST 3 2");
        assertThat(database.query("select string_agg(a ->> 'status', ',') from (select jsonb_array_elements(attempts) a"
                        + where + ") x"))
                .isEqualTo("LOST,LOST,LOST");
        assertThat(database.query(
                        "select count(*) from task_instances where run_id = '" + runId + "' and status = 'COMPLETED'"))
                .isEqualTo("1");
    }

    @Test
    void shouldSuspectNothingOfAWorkerThatGaveItsTasksBackOrWasBusyWithAnother() {
        String runId = trigger("fan", "{\"items\":[1,2]}");
        List<FakeWorker.Task> tasks = worker.receive(runId);
        tasks.forEach(worker::claim);
        database.execute("insert into lost_workers values ('" + worker.name() + "', 1, true, 2, false)");
        worker.die();
        List<FakeWorker.Task> again = worker.receive(runId);

        assertThat(again).hasSize(2);
        assertThat(database.query(
                        "select sum(losses) || ' ' || sum(deaths) from task_instances where run_id = '" + runId + "'"))
                .isEqualTo("2 0");

        worker.comeBack();
        again.forEach(worker::claim);
        database.execute("update task_instances set alone = true where run_id = '" + runId + "' and id = "
                + again.getFirst().id());
        worker.die();
        worker.receive(runId);

        assertThat(database.query("select string_agg(deaths || '/' || lone_deaths, ' ' order by id) from task_instances"
                        + " where run_id = '" + runId + "'"))
                .isEqualTo("1/1 0/0");
    }

    @Test
    void shouldSendAgainWhatALiveWorkerGaveBackAndNothingElse() {
        String runId = trigger("fan", "{\"items\":[1,2]}");
        List<FakeWorker.Task> tasks = worker.receive(runId);
        tasks.forEach(worker::claim);
        database.execute("update task_instances set worker_epoch = -1 where run_id = '" + runId + "' and id = "
                + tasks.getLast().id() + "; insert into lost_workers values ('" + worker.name()
                + "', -1, true, 1, false)");

        assertThat(worker.receive(runId))
                .extracting(FakeWorker.Task::id, FakeWorker.Task::attempt)
                .containsExactly(tuple(tasks.getLast().id(), 2));
        assertThat(database.query("select string_agg(status || ' ' || losses || ' ' || deaths, ', ' order by id)"
                        + " from task_instances where run_id = '" + runId + "'"))
                .isEqualTo("RUNNING 0 0, PENDING 1 0");
    }

    @Test
    void shouldRetryAndThenFail() {
        String runId = trigger("retry", "{}");
        worker.fail(worker.receive(runId).getFirst(), "TRAP");
        FakeWorker.Task second = worker.receive(runId).getFirst();
        assertThat(second.attempt()).isEqualTo(2);
        worker.fail(second, "TRAP");

        awaitStatus(runId, "FAILED");
        assertThat(database.query("select error ->> 'code' from workflow_runs where id = '" + runId + "'"))
                .isEqualTo("TRAP");
    }

    @Test
    void shouldWithdrawQueuedTasksAndTellWorkersWhenARunIsCancelled() {
        String runId = trigger("fan", "{\"items\":[1,2,3]}");
        List<FakeWorker.Task> tasks = worker.receive(runId);
        worker.claim(tasks.getFirst());
        database.execute("update workflow_runs set cancelling = true where id = '" + runId + "'");
        worker.send(
                Topics.RUN_REQUESTS,
                runId,
                "{\"schema\":1,\"type\":\"CANCEL_REQUESTED\",\"run_id\":\"" + runId + "\"}");

        worker.await(value -> value.path("type").asText().equals("CANCEL_RUN")
                && value.path("run_id").asText().equals(runId));
        assertThat(database.query("select status from workflow_runs where id = '" + runId + "'"))
                .isEqualTo("RUNNING");
        worker.fail(tasks.getFirst(), "CANCELLED");

        awaitStatus(runId, "CANCELLED");
        assertThat(database.query(
                        "select count(*) from task_instances where run_id = '" + runId + "' and status = 'CANCELLED'"))
                .isEqualTo("2");
    }

    @Test
    void shouldSplitALargeFanOutByCount() {
        String items = IntStream.range(0, 1_200).boxed().toList().toString();
        String runId = trigger("fan", "{\"items\":" + items + "}");

        Set<Long> received = new HashSet<>();
        while (received.size() < 1_200) {
            List<FakeWorker.Task> tasks = worker.receive(runId);
            assertThat(tasks).hasSizeLessThanOrEqualTo(500);
            tasks.forEach(task -> received.add(task.id()));
        }

        assertThat(database.query("select count(distinct group_id) from task_instances where run_id = '" + runId + "'"))
                .isEqualTo("3");
    }

    @Test
    void shouldRefuseKafkaStartsWhereTheDefinitionDoes() {
        worker.send(
                Topics.WORKFLOW_TRIGGERS,
                "k",
                "{\"type\":\"START_WORKFLOW\",\"event_id\":\"c\",\"workflow\":\"closed\"}");
        trigger("retry", "{}");

        assertThat(database.query("select count(*) from workflow_runs where workflow_id = 3"))
                .isEqualTo("0");
    }

    @Test
    void shouldPrepareLongStatementsOnce() {
        String length = "x".repeat(20_000);
        long kept = pool.withConnection(connection -> connection
                        .preparedQuery("select $1::int /* " + length + " */")
                        .execute(Tuple.of(1))
                        .chain(() -> connection
                                .query("select count(*) from pg_prepared_statements where length(statement) > 20000")
                                .execute()))
                .await()
                .atMost(Duration.ofSeconds(10))
                .iterator()
                .next()
                .getLong(0);
        assertThat(kept).isEqualTo(1);
    }
}
