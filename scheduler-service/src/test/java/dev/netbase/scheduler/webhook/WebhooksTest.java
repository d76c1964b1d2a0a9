package dev.netbase.scheduler.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.netbase.scheduler.platform.PlainDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Deliveries from a real database to a real receiver. */
class WebhooksTest {
    private static final byte[] KEY = "a secret of thirty-two bytes....".getBytes(StandardCharsets.UTF_8);
    private static PlainDatabase database;
    private static HttpServer receiver;
    private static int workflows;

    @TempDir
    Path folder;

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Deque<Integer> answers = new ArrayDeque<>();

    private record Received(String id, String timestamp, String signature, String body) {}

    @BeforeAll
    static void start() throws IOException {
        database = new PlainDatabase();
        receiver = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        receiver.start();
    }

    @AfterAll
    static void stop() {
        receiver.stop(0);
        database.close();
    }

    @BeforeEach
    void listen() {
        receiver.createContext("/hook", this::receive);
    }

    @AfterEach
    void forget() {
        receiver.removeContext("/hook");
    }

    private void receive(HttpExchange exchange) throws IOException {
        received.add(new Received(
                exchange.getRequestHeaders().getFirst("webhook-id"),
                exchange.getRequestHeaders().getFirst("webhook-timestamp"),
                exchange.getRequestHeaders().getFirst("webhook-signature"),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        Integer status;
        synchronized (answers) {
            status = answers.poll();
        }
        exchange.sendResponseHeaders(status == null ? 200 : status, -1);
        exchange.close();
    }

    private static String origin() {
        return "http://127.0.0.1:" + receiver.getAddress().getPort();
    }

    private Webhooks webhooks(String allowed, boolean privateAddresses, int maxAttempts) throws IOException {
        Path secrets = Files.writeString(
                folder.resolve("secrets"), "whsec_" + Base64.getEncoder().encodeToString(KEY) + "\n");
        WebhookConfig config = new WebhookConfig() {
            @Override
            public Optional<List<String>> allowedOrigins() {
                return Optional.of(List.of(allowed));
            }

            @Override
            public boolean allowPrivateAddresses() {
                return privateAddresses;
            }

            @Override
            public Optional<Path> secretFile() {
                return Optional.of(secrets);
            }

            @Override
            public int maxAttempts() {
                return maxAttempts;
            }

            @Override
            public Duration firstBackoff() {
                return Duration.ofHours(1);
            }

            @Override
            public Duration timeout() {
                return Duration.ofSeconds(5);
            }
        };
        return new Webhooks(new WebhookStore(database.database()), config, database.vertx(), new SimpleMeterRegistry());
    }

    /** A run that has ended, of a workflow that tells of it. */
    private String ended(String status, String output) {
        int workflow = ++workflows;
        database.workflow(
                workflow,
                ",\"on_complete\":{\"url\":\"%s/hook?a=b\"},\"on_failure\":{\"url\":\"%s/hook\"}"
                        .formatted(origin(), origin()));
        String runId = "run" + workflow;
        database.execute(
                """
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, notify,
                    output, error, started_at, finished_at)
                values ('%s', %d, 1, 1, '%s', '{}', '{}', true, %s, %s, now(), now())""", runId, workflow, status, output, status.equals("FAILED") ? "'{\"code\":\"TRAP\"}'" : "null");
        return runId;
    }

    private static void makeDue(String runId) {
        database.execute(
                "update webhook_deliveries set next_at = now() where run_id = '%s' and next_at is not null", runId);
    }

    @Test
    void shouldDeliverASignedMessageThoughTheReceiverFailsFirst() throws Exception {
        Webhooks webhooks = webhooks(origin(), true, 8);
        String runId = ended("COMPLETED", "'{\"words\":12}'");
        answers.add(500);

        webhooks.turn();
        assertThat(database.query("select error from webhook_deliveries where run_id = '%s'", runId))
                .contains("500");
        webhooks.turn();
        assertThat(received).as("waits before the next attempt").hasSize(1);
        makeDue(runId);
        webhooks.turn();
        makeDue(runId);
        webhooks.turn();

        assertThat(received).as("delivered once it was taken").hasSize(2);
        assertThat(received.get(1).id()).isEqualTo(received.get(0).id());
        assertThat(received.get(1).body()).isEqualTo(received.get(0).body());
        JsonNode message = new ObjectMapper().readTree(received.get(1).body());
        assertThat(message.path("type").asText()).isEqualTo("run.completed");
        assertThat(message.path("data").path("run_id").asText()).isEqualTo(runId);
        assertThat(message.path("data").path("output").path("words").asInt()).isEqualTo(12);
        assertThat(database.query(
                        "select attempts || ' ' || (delivered_at is not null) || ' ' || (next_at is null)"
                                + " from webhook_deliveries where run_id = '%s'",
                        runId))
                .isEqualTo("2 true true");
        for (Received one : received) {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
            byte[] expected =
                    mac.doFinal((one.id() + "." + one.timestamp() + "." + one.body()).getBytes(StandardCharsets.UTF_8));
            assertThat(one.signature()).isEqualTo("v1," + Base64.getEncoder().encodeToString(expected));
        }
    }

    @Test
    void shouldTellOfFailuresAndNotOfCancellations() throws Exception {
        Webhooks webhooks = webhooks(origin(), true, 8);
        ended("FAILED", "null");
        String cancelled = ended("CANCELLED", "null");

        webhooks.turn();

        assertThat(received).hasSize(1);
        assertThat(received.getFirst().body()).contains("run.failed", "TRAP");
        assertThat(database.query("select count(*) from webhook_deliveries where run_id = '%s'", cancelled))
                .isEqualTo("0");
        assertThat(database.query("select notify from workflow_runs where id = '%s'", cancelled))
                .isEqualTo("f");
    }

    @Test
    void shouldGiveUpAfterSoManyAttemptsOrWhenTheReceiverIsGone() throws Exception {
        Webhooks webhooks = webhooks(origin(), true, 2);
        String runId = ended("COMPLETED", "null");
        answers.addAll(List.of(503, 302));
        webhooks.turn();
        makeDue(runId);
        webhooks.turn();
        makeDue(runId);
        webhooks.turn();
        assertThat(received).hasSize(2);

        String gone = ended("COMPLETED", "null");
        answers.add(410);
        webhooks.turn();
        assertThat(database.query("select next_at is null from webhook_deliveries where run_id = '%s'", gone))
                .isEqualTo("t");
    }

    @Test
    void shouldCallNoAddressThatIsNotPublicUnlessTheOperatorAllowsIt() throws Exception {
        String runId = ended("COMPLETED", "null");
        webhooks(origin(), false, 1).turn();
        assertThat(database.query("select error from webhook_deliveries where run_id = '%s'", runId))
                .contains("not public");

        String other = ended("COMPLETED", "null");
        webhooks("https://hooks.example.com", true, 1).turn();
        assertThat(database.query("select error from webhook_deliveries where run_id = '%s'", other))
                .contains("does not allow");
        assertThat(received).isEmpty();
    }

    @Test
    void shouldWaitLongerEachTimeAndReadSecrets() {
        assertThat(Webhooks.backoff(Duration.ofSeconds(5), 1)).isEqualTo(Duration.ofSeconds(5));
        assertThat(Webhooks.backoff(Duration.ofSeconds(5), 3)).isEqualTo(Duration.ofSeconds(80));
        assertThat(Webhooks.backoff(Duration.ofSeconds(5), 30)).isEqualTo(Duration.ofHours(6));
        String secret = "whsec_" + Base64.getEncoder().encodeToString(KEY);
        assertThat(Signature.with(List.of(secret, "", secret)).of("m", 1, "{}").split(" "))
                .hasSize(2);
        assertThatThrownBy(() -> Signature.with(List.of())).hasMessageContaining("secret-file");
        assertThatThrownBy(() -> Signature.with(List.of("whsec_c2hvcnQ=")))
                .hasMessageContaining("24 to 64")
                .hasMessageNotContaining("c2hvcnQ");
    }
}
