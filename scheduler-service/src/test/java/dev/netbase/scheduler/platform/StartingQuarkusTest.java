package dev.netbase.scheduler.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.id.Ids;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.model.topic.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What starts runs and what makes them wait, through the whole service. */
@QuarkusTest
@QuarkusTestResource(BackingServices.class)
class StartingQuarkusTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static boolean isRegistered;
    private TestDatabase database;
    private FakeWorker worker;
    private KafkaProducer<byte[], byte[]> producer;
    private KafkaConsumer<byte[], byte[]> deadLetters;
    private final List<ConsumerRecord<byte[], byte[]>> letters = new ArrayList<>();

    @BeforeEach
    void start() {
        database = BackingServices.database();
        if (!isRegistered) {
            register();
            isRegistered = true;
        }
        worker = new FakeWorker(database, BackingServices.brokers());
        Map<String, Object> brokers = Map.of("bootstrap.servers", BackingServices.brokers());
        producer = new KafkaProducer<>(brokers, new ByteArraySerializer(), new ByteArraySerializer());
        deadLetters = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers",
                        BackingServices.brokers(),
                        "group.id",
                        "letters-" + UUID.randomUUID(),
                        "auto.offset.reset",
                        "earliest"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        deadLetters.subscribe(List.of(Topics.DEAD_LETTERS));
    }

    @AfterEach
    void stop() {
        worker.close();
        producer.close();
        deadLetters.close();
    }

    private void register() {
        Registered registered = new Registered(database, 100);
        registered.agent(100, "starter");
        registered.agent(101, "limited");
        registered.workflow(101, "free", ofOneNode(""));
        registered.workflow(102, "one-at-a-time", ofOneNode(",\"concurrency\":{\"max_runs\":1}"));
        database.execute("update workflows set max_runs = 1 where id = 102");
        registered.workflow(
                103, "typed", ofOneNode(",\"input_schema\":{\"properties\":{\"text\":{\"type\":\"string\"}}}"));
        registered.workflow(104, "pausable", ofOneNode(",\"priority\":3"));
        registered.workflow(106, "wide", """
                {"nodes":[{"key":"a","agent":"limited","for_each":"${inputs.items}","inputs":"${item}",
                           "retry":{"max_attempts":2,"backoff":"1ms"}}]}""");
        registered.workflow(105, "not-by-kafka", ofOneNode(",\"triggers\":{\"kafka\":false}"));
    }

    private static String ofOneNode(String settings) {
        return "{\"nodes\":[{\"key\":\"a\",\"agent\":\"starter\"}]%s}".formatted(settings);
    }

    private static String command(String workflow, String eventId, String rest) {
        return "{\"type\":\"START_WORKFLOW\",\"event_id\":\"%s\",\"workflow\":\"%s\"%s}"
                .formatted(eventId, workflow, rest);
    }

    private String trigger(String workflow, String rest) {
        String eventId = Ids.timeOrdered(System.currentTimeMillis());
        worker.send(Topics.WORKFLOW_TRIGGERS, "k", command(workflow, eventId, rest));
        return runOf(eventId);
    }

    private String runOf(String eventId) {
        await().atMost(PATIENCE)
                .until(() -> database.query("select count(*) from trigger_events where event_id = '" + eventId + "'")
                        .equals("1"));
        return database.query("select run_id from trigger_events where event_id = '" + eventId + "'");
    }

    private String reasonFor(String value) {
        await().atMost(PATIENCE).until(() -> {
            deadLetters.poll(Duration.ofMillis(200)).forEach(letters::add);
            return letters.stream().anyMatch(letter -> text(letter.value()).equals(value));
        });
        ConsumerRecord<byte[], byte[]> letter = letters.stream()
                .filter(one -> text(one.value()).equals(value))
                .findFirst()
                .orElseThrow();
        assertThat(text(letter.headers().lastHeader("netbase-topic").value())).startsWith("netbase.");
        assertThat(text(letter.headers().lastHeader("netbase-offset").value())).matches("\\d+");
        return text(letter.headers().lastHeader("netbase-reason").value());
    }

    private static String text(byte @Nullable [] bytes) {
        return bytes == null ? "" : new String(bytes, StandardCharsets.UTF_8);
    }

    private String column(String column, String runId) {
        return database.query("select " + column + "::text from workflow_runs where id = '" + runId + "'");
    }

    @Test
    void shouldMovePastPoisonAndSayWhatWasWrongWithIt() {
        String unreadable = "{\"type\": \"START_WORKFLOW\", \"n\":" + UUID.randomUUID();
        String oversized = command("free", "big", ",\"inputs\":{\"x\":\"" + "x".repeat(250_000) + "\"}");
        String unknownType = command("free", "t", "").replace("START_WORKFLOW", "STOP_WORKFLOW");
        String wrongSchema = command("free", "s", ",\"schema\":2");
        String unknownWorkflow = command("nowhere", "w", "");
        String unknownVersion = command("free", "v", ",\"version\":9");
        String closed = command("not-by-kafka", "c", "");
        String wrongInputs = command("typed", "i", ",\"inputs\":{\"text\":7}");
        for (String poison : List.of(
                unreadable,
                oversized,
                unknownType,
                wrongSchema,
                unknownWorkflow,
                unknownVersion,
                closed,
                wrongInputs)) {
            // all in one partition, before what is good
            worker.send(Topics.WORKFLOW_TRIGGERS, "k", poison);
        }
        String badEvent = "{\"schema\":9,\"type\":\"TASK_COMPLETED\",\"run_id\":\"r\"}";
        worker.send(Topics.TASK_EVENTS, "k", badEvent);
        String badRequest = "{\"schema\":1,\"type\":\"SOMETHING\",\"run_id\":\"r\"}";
        worker.send(Topics.RUN_REQUESTS, "k", badRequest);

        String good = trigger("typed", ",\"inputs\":{\"text\":\"a\"}");

        worker.receive(good);
        assertThat(reasonFor(unreadable)).contains("not JSON");
        assertThat(reasonFor(oversized)).contains("200000 are allowed");
        assertThat(reasonFor(unknownType)).contains("START_WORKFLOW");
        assertThat(reasonFor(wrongSchema)).contains("schema must be 1");
        assertThat(reasonFor(unknownWorkflow)).contains("no workflow 'nowhere'");
        assertThat(reasonFor(unknownVersion)).contains("no version 9");
        assertThat(reasonFor(closed)).contains("triggers.kafka");
        assertThat(reasonFor(wrongInputs)).contains("input_schema").contains("inputs.text");
        assertThat(reasonFor(badEvent)).contains("schema must be 1");
        assertThat(reasonFor(badRequest)).contains("cannot be read");
    }

    @Test
    void shouldMovePastARecordThatWithItsReasonWouldBeTooLargeForTheDeadLetters() {
        String key = "key-" + UUID.randomUUID();
        String huge = command("free", "huge", ",\"inputs\":{\"x\":\"%s\"}");
        producer.send(new ProducerRecord<>(
                Topics.WORKFLOW_TRIGGERS,
                key.getBytes(StandardCharsets.UTF_8),
                huge.formatted("x".repeat(1_048_300 - huge.length())).getBytes(StandardCharsets.UTF_8)));
        producer.flush();

        worker.receive(trigger("free", ""));

        await().atMost(PATIENCE).until(() -> {
            deadLetters.poll(Duration.ofMillis(200)).forEach(letters::add);
            return letters.stream().anyMatch(letter -> text(letter.key()).equals(key));
        });
        ConsumerRecord<byte[], byte[]> letter = letters.stream()
                .filter(one -> text(one.key()).equals(key))
                .findFirst()
                .orElseThrow();
        assertThat(letter.value()).isNull();
        assertThat(text(letter.headers().lastHeader("netbase-omitted").value())).isEqualTo("value");
        assertThat(text(letter.headers().lastHeader("netbase-reason").value())).contains("200000 are allowed");
    }

    @Test
    void shouldKeepWhereABinaryCloudEventCameFrom() {
        String eventId = Ids.timeOrdered(System.currentTimeMillis());
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                Topics.WORKFLOW_TRIGGERS, command("free", eventId, "").getBytes(StandardCharsets.UTF_8));
        Map.of("ce_specversion", "1.0", "ce_id", "c-1", "ce_source", "/shop", "ce_type", "order")
                .forEach((name, value) -> record.headers().add(name, value.getBytes(StandardCharsets.UTF_8)));
        producer.send(record);
        producer.flush();

        String runId = runOf(eventId);

        assertThat(column("trigger", runId))
                .contains("\"event_id\":\"" + eventId + "\"")
                .contains("\"topic\":\"netbase.workflow.triggers\"")
                .contains("\"cloud_event\":{\"id\":\"c-1\",\"source\":\"/shop\",\"type\":\"order\"}");
    }

    @Test
    void shouldRunNoMoreThanItsLimitOfAWorkflowAndThenTheOneWithTheHighestPriority() {
        String first = trigger("one-at-a-time", "");
        FakeWorker.Task task = worker.receive(first).getFirst();
        String low = trigger("one-at-a-time", ",\"priority\":-1");
        String high = trigger("one-at-a-time", ",\"priority\":9");

        assertThat(column("status", low)).isEqualTo("PENDING");
        assertThat(column("held", high)).isEqualTo("true");
        worker.complete(task, "1");

        FakeWorker.Task next = worker.receive(high).getFirst();
        assertThat(column("status", low)).isEqualTo("PENDING");
        worker.complete(next, "2");
        worker.complete(worker.receive(low).getFirst(), "3");
        await().atMost(PATIENCE).until(() -> column("status", low).equals("COMPLETED"));
    }

    @Test
    void shouldLetRunsOfAPausedWorkflowWaitAndCancelThemWhileTheyDo() {
        database.execute("update workflows set paused = true where id = 104");
        String waiting = trigger("pausable", "");
        String cancelled = trigger("pausable", "");
        assertThat(column("priority", waiting)).isEqualTo("3");
        database.execute("update workflow_runs set cancelling = true, check_at = now() where id = '" + cancelled + "'");
        await().atMost(PATIENCE).until(() -> column("status", cancelled).equals("CANCELLED"));
        assertThat(column("status", waiting)).isEqualTo("PENDING");

        database.execute("update workflows set paused = false where id = 104");

        worker.complete(worker.receive(waiting).getFirst(), "1");
        await().atMost(PATIENCE).until(() -> column("status", waiting).equals("COMPLETED"));
    }

    @Test
    void shouldDispatchNoMoreTasksOfALimitedAgentThanItsLimitAndThoseOfUrgentRunsFirst() {
        String low = trigger("wide", ",\"priority\":-1,\"inputs\":{\"items\":[1,2,3]}");
        List<FakeWorker.Task> first = worker.receive(low);
        String high = trigger("wide", ",\"priority\":1,\"inputs\":{\"items\":[4]}");
        await().atMost(PATIENCE).until(() -> column("status", high).equals("RUNNING"));

        assertThat(first).hasSize(2);
        assertThat(openTasks()).isEqualTo("2");
        worker.fail(first.getFirst(), "TRAP");

        FakeWorker.Task urgent = worker.receive(high).getFirst();
        assertThat(urgent.topic()).isEqualTo(Topics.URGENT_TASK_GROUPS);
        assertThat(openTasks()).isEqualTo("2");
        worker.complete(urgent, "4");
        FakeWorker.Task third = worker.receive(low).getFirst();
        worker.complete(third, "0");
        worker.complete(first.getLast(), "2");
        FakeWorker.Task fourth = worker.receive(low).getFirst();
        assertThat(List.of(third.attempt(), fourth.attempt())).containsExactlyInAnyOrder(1, 2);
        worker.complete(fourth, "0");
        await().atMost(PATIENCE).until(() -> column("status", low).equals("COMPLETED"));
    }

    @Test
    void shouldPassTheTraceOnToTasksOfALimitedAgent() {
        String trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";
        String runId = Ids.timeOrdered(System.currentTimeMillis());
        database.execute("""
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, check_at)
                values ('%s', 106, 1, 100, 'PENDING', '{"items":[1]}', '{"traceparent":"%s"}', now())""".formatted(runId, trace));

        FakeWorker.Task task =
                worker.receiveWhere(group -> group.path("run_id").asText().equals(runId)
                        && group.path("traceparent").asText().equals(trace));

        worker.complete(task, "1");
        await().atMost(PATIENCE).until(() -> column("status", runId).equals("COMPLETED"));
    }

    private String openTasks() {
        return database.query("""
                select count(*) from task_instances t join task_specs s on s.id = t.spec_id
                where s.agent_id = 101 and t.status in ('PENDING', 'RUNNING') and t.group_id is not null
                    and t.retry_at is null""");
    }

    @Test
    void shouldKeepLargeInputsOfATriggerAsAnArtifact() {
        String runId = trigger("free", ",\"inputs\":{\"x\":\"" + "x".repeat(100_000) + "\"}");

        assertThat(column("inputs", runId)).matches("\\{\"\\$artifact\":\"[0-9a-f]{64}\"}");
    }
}
