package dev.netbase.scheduler.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.model.message.SpokenGroup;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.model.topic.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import jakarta.inject.Inject;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;

/** Outcomes that a worker hands to the scheduler instead of writing them. */
@QuarkusTest
@QuarkusTestResource(BackingServices.class)
class HintsQuarkusTest {
    private static boolean isRegistered;

    @Inject
    HintChannel hints;

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
        await().atMost(Duration.ofSeconds(30)).until(() -> hints.name().isPresent());
    }

    @AfterEach
    void stop() {
        worker.close();
        // Nobody ends these runs, and their tasks would be sent again to the workers of other tests.
        database.execute("update workflow_runs set status = 'CANCELLED', finished_at = now()"
                + " where workflow_id = 71 and finished_at is null");
    }

    private void register() {
        Registered registered = new Registered(database, 1);
        registered.agent(71, "hinted");
        registered.workflow(71, "hinted", """
                {"nodes":[{"key":"hint_a","agent":"hinted"},
                          {"key":"hint_b","agent":"hinted","depends_on":["hint_a"],"inputs":"${nodes.hint_a.output}"},
                          {"key":"hint_c","agent":"hinted","depends_on":["hint_b"]},
                          {"key":"hint_d","agent":"hinted","depends_on":["hint_b"]},
                          {"key":"hint_e","agent":"hinted","depends_on":["hint_c","hint_d"]}]}""");
    }

    private String startRun() {
        return startRuns(1).getFirst();
    }

    /** Runs that start together. */
    private List<String> startRuns(int count) {
        List<String> eventIds = IntStream.range(0, count)
                .mapToObj(any -> Ids.timeOrdered(System.currentTimeMillis()))
                .toList();
        worker.send(
                Topics.WORKFLOW_TRIGGERS,
                "k",
                eventIds.stream()
                        .map(
                                "{\"type\":\"START_WORKFLOW\",\"event_id\":\"%s\",\"workflow\":\"hinted\",\"inputs\":{}}"
                                        ::formatted)
                        .toList());
        return eventIds.stream().map(this::runOf).toList();
    }

    private String runOf(String eventId) {
        String event = " from trigger_events where event_id = '" + eventId + "'";
        await().atMost(Duration.ofSeconds(30))
                .until(() -> database.query("select count(*)" + event).equals("1"));
        return database.query("select run_id" + event);
    }

    @Test
    void shouldWriteAnOutcomeTogetherWithWhatFollows() {
        String runId = startRun();
        FakeWorker.Task a = worker.receive(runId).getFirst();
        assertThat(a.json().path("hint_channel").asText()).isEqualTo(channel());

        hint(a, "[1.50]", digest(a));

        FakeWorker.Task b = worker.receive(runId).getFirst();
        assertThat(b.json().path("inputs").toString()).isEqualTo("[1.5]");
        awaitVersion(runId, "2");
        assertThat(row(
                        a,
                        "status || ' ' || output::text || ' ' || convert_from(stderr, 'UTF8') || ' ' || fuel_used"
                                + " || ' ' || peak_memory_bytes || ' ' || (usage->>'input_bytes') || ' ' || worker_id"))
                .isEqualTo("COMPLETED [1.50] said 7 65536 4 " + worker.name());
        assertThat(row(a, "started_at < finished_at and finished_at >= queued_at"))
                .isEqualTo("t");
        assertThat(runVersion(runId)).as("the start, and one advance").isEqualTo("2");
    }

    @Test
    void shouldAskForNoHintsOfManyRunsAtOnce() {
        List<String> runIds = startRuns(60);

        long asked = runIds.stream()
                .map(runId -> worker.receive(runId).getFirst())
                .filter(task -> task.json().has("hint_channel"))
                .count();

        assertThat(asked).as("of those that came by themselves").isLessThanOrEqualTo(HintChannel.MOST_AT_ONCE);
    }

    @Test
    void shouldTellTheWorkerThatGaveTheHintOfWhatFollows() throws SQLException {
        String runId = startRun();
        FakeWorker.Task a = worker.receive(runId).getFirst();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("listen told");

            worker.hint(channel(), a, "1", HexFormat.of().parseHex(digest(a)), "told");

            PGNotification[] told = connection.unwrap(PGConnection.class).getNotifications(30_000);
            SpokenGroup spoken = SpokenGroup.of(told[0].getParameter());
            FakeWorker.Task b = worker.receive(runId).getFirst();
            assertThat(Json.read(spoken.value(), TaskGroup.class).groupId()).isEqualTo(b.groupId());
            assertThat(spoken.traceparent()).as("as its record has it").isNotNull();
            assertThat(b.partition()).as("which its worker reads").isEqualTo(a.partition());
            awaitVersion(runId, "2");

            worker.hint(channel(), b, "2", HexFormat.of().parseHex(digest(b)), "told");
            List<FakeWorker.Task> cAndD = worker.receive(runId);
            assertThat(cAndD)
                    .hasSize(2)
                    .allSatisfy(task -> assertThat(task.partition()).isEqualTo(a.partition()));
            awaitVersion(runId, "3");
        }
    }

    @Test
    void shouldGoOnFromAnOutcomeThatItsWorkerHasWrittenBeforeTheHintCame() {
        String runId = startRun();
        FakeWorker.Task a = worker.receive(runId).getFirst();
        worker.completeSilently(a, "1");

        hint(a, "1", digest(a));

        assertThat(worker.receive(runId).getFirst().json().path("node").asText())
                .isEqualTo("hint_b");
        awaitVersion(runId, "2");
    }

    @Test
    void shouldBelieveNoHintThatTheRowDoesNotBear() {
        String runId = startRun();
        FakeWorker.Task a = worker.receive(runId).getFirst();

        hint(a, "\"of other inputs\"", "0".repeat(64));
        worker.die();
        hint(a, "\"without a lease\"", digest(a));
        worker.say(channel(), "{\"schema\":1,\"run_id\":\"" + runId + "\"}");
        worker.say(channel(), "no JSON");
        awaitRead();
        assertThat(row(a, "status")).isEqualTo("PENDING");
        assertThat(runVersion(runId)).isEqualTo("1");

        worker.comeBack();
        worker.complete(a, "\"true\"");
        FakeWorker.Task b = worker.receive(runId).getFirst();
        while (!b.json().path("inputs").asText().equals("true")) {
            // A group that was sent before its rows were refused: its tasks have ids that no row will ever have.
            b = worker.receive(runId).getFirst();
        }
        awaitVersion(runId, "2");
        assertThat(row(b, "inputs::text")).isEqualTo("\"true\"");
    }

    @Test
    void shouldWantHintsOnlyWhereSomethingPlainFollowsAtOnce() {
        String runId = startRun();
        worker.complete(worker.receive(runId).getFirst(), "1");
        FakeWorker.Task b = worker.receive(runId).getFirst();
        assertThat(b.json().path("hint_channel").asText()).isEqualTo(channel());
        worker.complete(b, "2");

        FakeWorker.Task c = worker.receive(runId).getFirst();
        assertThat(c.json().has("hint_channel"))
                .as("e waits for another as well")
                .isFalse();
        hint(c, "3", digest(c));
        awaitRead();
        assertThat(row(c, "status")).as("left to its worker").isEqualTo("PENDING");
    }

    private String channel() {
        return hints.name().orElseThrow();
    }

    private void hint(FakeWorker.Task task, String output, String inputsSha256) {
        worker.hint(channel(), task, output, HexFormat.of().parseHex(inputsSha256), null);
    }

    /** A run that starts after the hints were sent, and whose group came, says that they were read. */
    private void awaitRead() {
        FakeWorker.Task probe = worker.receive(startRun()).getFirst();
        hint(probe, "0", digest(probe));
        worker.receive(probe.runId());
    }

    private String digest(FakeWorker.Task task) {
        return row(task, "encode(sha256(convert_to(coalesce(inputs::text, 'null'), 'UTF8')), 'hex')");
    }

    /** Waits for the row: groups are sent while the statement that makes their rows is under way. */
    private String row(FakeWorker.Task task, String what) {
        String row = " from task_instances where run_id = '" + task.runId() + "' and id = " + task.id();
        await().atMost(Duration.ofSeconds(30))
                .until(() -> database.query("select count(*)" + row).equals("1"));
        return database.query("select " + what + row);
    }

    private void awaitVersion(String runId, String version) {
        await().atMost(Duration.ofSeconds(30)).until(() -> runVersion(runId).equals(version));
    }

    private String runVersion(String runId) {
        return database.query("select version from workflow_runs where id = '" + runId + "'");
    }
}
