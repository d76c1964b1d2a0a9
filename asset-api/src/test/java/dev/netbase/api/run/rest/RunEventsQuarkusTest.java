package dev.netbase.api.run.rest;

import static dev.netbase.api.testing.Api.admin;
import static dev.netbase.api.testing.Api.post;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.contains;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.notNullValue;
import static org.hamcrest.Matchers.nullValue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.netbase.api.run.application.RunEventLog;
import dev.netbase.api.run.domain.RunEvent;
import dev.netbase.api.testing.Registry;
import dev.netbase.api.testing.ServiceEnvironment;
import io.agroal.api.AgroalDataSource;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.restassured.RestAssured;
import jakarta.inject.Inject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Following runs over HTTP as a browser's EventSource does. */
@QuarkusTest
@QuarkusTestResource(ServiceEnvironment.class)
class RunEventsQuarkusTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Inject
    AgroalDataSource database;

    @Inject
    RunEventLog log;

    /** An event as it stood on the wire. */
    record Received(int id, String name, JsonNode data) {
        String told() {
            return name.equals("run")
                    ? "run " + data.path("status").asText()
                    : data.path("task_instance_id").asText() + "/"
                            + data.path("attempt").asText() + " "
                            + data.path("status").asText();
        }
    }

    /** One stream, read by a thread of its own. */
    private final class Stream implements AutoCloseable {
        private final List<Received> events = new CopyOnWriteArrayList<>();
        private final HttpResponse<InputStream> response;
        private final Thread reader;

        Stream(String runId, int lastEventId) throws Exception {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create("http://localhost:" + RestAssured.port + "/api/v1/runs/" + runId + "/events"))
                    .header("Authorization", "Bearer " + ServiceEnvironment.TOKEN);
            if (lastEventId > 0) {
                request.header("Last-Event-ID", String.valueOf(lastEventId));
            }
            response = HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
            reader = Thread.ofVirtual().start(this::read);
        }

        private void read() {
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                int id = 0;
                String name = "";
                String data = "";
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("id:")) {
                        id = Integer.parseInt(line.substring(3).strip());
                    } else if (line.startsWith("event:")) {
                        name = line.substring(6).strip();
                    } else if (line.startsWith("data:")) {
                        data = line.substring(5).strip();
                    } else if (line.isEmpty() && !data.isEmpty()) {
                        events.add(new Received(id, name, JSON.readTree(data)));
                        data = "";
                    }
                }
            } catch (IOException e) {
                // closed by the test
            }
        }

        List<String> told() {
            return events.stream().map(Received::told).toList();
        }

        List<String> await(String last) {
            org.awaitility.Awaitility.await().until(() -> told().contains(last));
            return told();
        }

        void awaitEnd() throws InterruptedException {
            assertThat(reader.join(Duration.ofSeconds(20)))
                    .as("the stream ends")
                    .isTrue();
        }

        int lastId() {
            return events.getLast().id();
        }

        @Override
        public void close() {
            try {
                response.body().close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    @Test
    void shouldTellEveryTasksEndOnceInOrderThoughTheReaderComesBack() throws Exception {
        String runId = start();
        List<String> told = new ArrayList<>();
        int lastId;
        try (Stream first = new Stream(runId, 0)) {
            assertThat(first.response.statusCode()).isEqualTo(200);
            assertThat(first.response.headers().firstValue("content-type").orElse(""))
                    .startsWith("text/event-stream");
            first.await("run PENDING");
            execute(
                    "update workflow_runs set status = 'RUNNING', started_at = clock_timestamp() where id = '%s'",
                    runId);
            task(runId, 1, "PENDING");
            first.await("1/1 PENDING");
            end(runId, 1, "COMPLETED");
            told.addAll(first.await("1/1 COMPLETED"));
            lastId = first.lastId();
        }
        // while nobody follows: a second task fails, is tried again, and ends
        task(runId, 2, "FAILED");
        execute("update task_instances set attempt = 2, status = 'RUNNING' where run_id = '%s' and id = 2", runId);
        end(runId, 2, "COMPLETED");
        try (Stream second = new Stream(runId, lastId);
                Stream fromTheStart = new Stream(runId, 0)) {
            second.await("2/2 COMPLETED");
            task(runId, 3, "CANCELLED");
            execute(
                    "update workflow_runs set status = 'COMPLETED', finished_at = clock_timestamp() where id = '%s'",
                    runId);
            second.awaitEnd();
            fromTheStart.awaitEnd();
            told.addAll(second.told());
            assertThat(fromTheStart.told()).isEqualTo(told);
            assertThat(fromTheStart.events.stream().map(Received::id))
                    .containsExactlyElementsOf(
                            IntStream.rangeClosed(1, told.size()).boxed().toList());
            lastId = second.lastId();
        }

        assertThat(told)
                .containsExactly(
                        "run PENDING",
                        "run RUNNING",
                        "1/1 PENDING",
                        "1/1 COMPLETED",
                        "2/2 COMPLETED",
                        "3/1 CANCELLED",
                        "run COMPLETED");
        try (Stream nothingMore = new Stream(runId, lastId)) {
            assertThat(nothingMore.response.statusCode()).isEqualTo(204);
        }
        try (Stream again = new Stream(runId, lastId - 1)) {
            again.awaitEnd();
            assertThat(again.told()).containsExactly("run COMPLETED");
        }
    }

    @Test
    void shouldNumberEachEventOnceThoughSeveralInstancesRecordAtOnce() throws Exception {
        String runId = start();
        int tasks = 60;
        List<Callable<Void>> work = new ArrayList<>();
        work.add(() -> {
            for (int id = 1; id <= tasks; id++) {
                task(runId, id, id % 2 == 0 ? "COMPLETED" : "FAILED");
            }
            return null;
        });
        for (int instance = 0; instance < 3; instance++) {
            work.add(() -> {
                for (int i = 0; i < 40; i++) {
                    log.record(Set.of(runId))
                            .onFailure()
                            .recoverWithNull()
                            .await()
                            .atMost(Duration.ofSeconds(20));
                }
                return null;
            });
        }

        try (ExecutorService threads = Executors.newFixedThreadPool(work.size())) {
            for (var done : threads.invokeAll(work)) {
                done.get();
            }
        }
        log.record(Set.of(runId)).await().atMost(Duration.ofSeconds(20));

        RunEventLog.Place start = new RunEventLog.Place(runId, 0);
        List<RunEvent> events =
                log.after(Set.of(start)).await().atMost(Duration.ofSeconds(20)).get(start);
        assertThat(events.stream().map(RunEvent::seq))
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, tasks + 1).boxed().toList());
        assertThat(events.stream()
                        .map(RunEvent::subject)
                        .filter(RunEvent.Subject.OfTask.class::isInstance)
                        .map(subject -> ((RunEvent.Subject.OfTask) subject).taskInstanceId()))
                .hasSize(tasks)
                .doesNotHaveDuplicates();
    }

    @Test
    void shouldReplayALongFinishedRunNobodyFollowed() throws Exception {
        String runId = start();
        execute("""
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, group_id, error_code,
                    error_message, queued_at, finished_at)
                select '%s', i, 'only', i - 1, case when i = 7 then 'FAILED' else 'COMPLETED' end, 1, 'g',
                    case when i = 7 then 'TRAP' end, case when i = 7 then 'unreachable' end,
                    now(), now() + i * interval '1 microsecond'
                from generate_series(1, 1234) i""", runId);
        execute(
                "update workflow_runs set status = 'FAILED', error = '{\"code\":\"TRAP\"}', finished_at = now() where id = '%s'",
                runId);

        try (Stream stream = new Stream(runId, 0)) {
            stream.awaitEnd();

            assertThat(stream.events).hasSize(1235);
            JsonNode seventh = stream.events.get(6).data();
            assertThat(seventh.path("task_instance_id").asInt()).isEqualTo(7);
            assertThat(seventh.path("node").asText()).isEqualTo("only");
            assertThat(seventh.path("index").asInt()).isEqualTo(6);
            assertThat(seventh.path("group_id").asText()).isEqualTo("g");
            assertThat(seventh.path("error").path("code").asText()).isEqualTo("TRAP");
            assertThat(seventh.path("at").asText()).matches(".*\\.\\d{6}Z");
            assertThat(stream.told().getLast()).isEqualTo("run FAILED");
            assertThat(stream.events.getLast().data().path("error").path("code").asText())
                    .isEqualTo("TRAP");
        }
    }

    @Test
    void shouldRefuseWhatCannotBeFollowed() {
        RestAssured.given().get("/api/v1/runs/nowhere/events").then().statusCode(401);
        admin().get("/runs/nowhere/events").then().statusCode(404).body("code", equalTo("run-not-found"));
        admin().header("Last-Event-ID", "x")
                .get("/runs/" + start() + "/events")
                .then()
                .statusCode(400)
                .body("errors.field", contains("Last-Event-ID"));
    }

    @Test
    void shouldBoundTheNumberOfStreamsAndFreeTheirPlaces() throws Exception {
        String runId = start();
        List<Stream> open = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            open.add(new Stream(runId, 0));
            open.getLast().await("run PENDING");
        }

        try {
            admin().get("/runs/" + runId + "/events").then().statusCode(429).body("code", equalTo("too-many-streams"));
        } finally {
            open.forEach(Stream::close);
        }

        await().untilAsserted(() -> {
            try (Stream stream = new Stream(runId, 0)) {
                assertThat(stream.response.statusCode()).isEqualTo(200);
            }
        });
    }

    @Test
    void shouldShowALinePerNode() throws Exception {
        String agent = Registry.agent();
        String workflow = dev.netbase.api.testing.Api.unique("nodes");
        post("/workflows", """
                        {"name":"%1$s","definition":{"nodes":[
                            {"key":"fan","agent":"%2$s","for_each":"${inputs.items}"},
                            {"key":"again","agent":"%2$s","retry":{"max_attempts":2}},
                            {"key":"not","agent":"%2$s","when":"${false}"},
                            {"key":"last","agent":"%2$s","depends_on":["fan"]}]}}""".formatted(workflow, agent)).then().statusCode(201);
        String runId = post("/workflows/" + workflow + "/runs", "{}").path("run_id");
        execute("""
                insert into run_nodes (run_id, node_key, status, total) values
                    ('%1$s', 'fan', 'DISPATCHED', 3), ('%1$s', 'again', 'DISPATCHED', 1), ('%1$s', 'not', 'SKIPPED', 0);
                insert into task_instances (run_id, id, node_key, item_index, status, attempt, group_id, error_code,
                    started_at, finished_at) values
                    ('%1$s', 1, 'fan', 0, 'COMPLETED', 1, 'g', null, '2026-01-01T00:00:00Z', '2026-01-01T00:00:05Z'),
                    ('%1$s', 2, 'fan', 1, 'FAILED', 1, 'g', 'TRAP', '2026-01-01T00:00:01Z', '2026-01-01T00:00:03Z'),
                    ('%1$s', 3, 'fan', 2, 'COMPLETED', 1, 'g', null, '2026-01-01T00:00:02Z', '2026-01-01T00:00:04Z'),
                    ('%1$s', 4, 'again', null, 'FAILED', 1, 'g', 'TRAP', now(), now()),
                    ('%1$s', 5, 'not', null, 'SKIPPED', 0, null, null, null, now())""", runId);

        admin().get("/runs/" + runId + "/nodes")
                .then()
                .statusCode(200)
                .body("items.node", contains("fan", "again", "not", "last"))
                .body("items.status", contains("FAILED", "RUNNING", "SKIPPED", "PENDING"))
                .body("items[0].tasks.total", equalTo(3))
                .body("items[0].tasks.completed", equalTo(2))
                .body("items[0].tasks.failed", equalTo(1))
                .body("items[0].started_at", equalTo("2026-01-01T00:00:00.000000Z"))
                .body("items[0].finished_at", equalTo("2026-01-01T00:00:05.000000Z"))
                .body("items[1].finished_at", nullValue())
                .body("items[2].finished_at", notNullValue())
                .body("items[3].queued_at", nullValue())
                .body("items[3].tasks.total", equalTo(0))
                .body("total", equalTo(4));
        admin().get("/runs/" + runId + "/nodes?page=1&size=3").then().body("items.node", contains("last"));
        admin().get("/runs/nowhere/nodes").then().statusCode(404).body("code", equalTo("run-not-found"));
    }

    private static String start() {
        return post("/workflows/" + Registry.workflow(Registry.agent()) + "/runs", "{}")
                .path("run_id");
    }

    private void task(String runId, int id, String status) throws SQLException {
        execute("""
                insert into task_instances (run_id, id, node_key, status, attempt, group_id, queued_at, finished_at)
                values ('%s', %d, 'only', '%s', 1, 'g', clock_timestamp(),
                    case when '%s' <> 'PENDING' then clock_timestamp() end)""", runId, id, status, status);
    }

    private void end(String runId, int id, String status) throws SQLException {
        execute(
                "update task_instances set status = '%2$s', finished_at = clock_timestamp() where run_id = '%1$s' and id = %3$d",
                runId, status, id);
    }

    private void execute(String sql, Object... arguments) throws SQLException {
        try (Connection connection = database.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql.formatted(arguments));
        }
    }
}
