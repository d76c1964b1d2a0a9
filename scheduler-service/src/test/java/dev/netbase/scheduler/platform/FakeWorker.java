package dev.netbase.scheduler.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskHint;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.model.topic.Topics;
import dev.netbase.model.trace.TraceParent;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/** Takes part as a worker does, one step at a time: receives groups, claims, finishes, tells or keeps silent. */
final class FakeWorker implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private int epoch = 1;
    private final TestDatabase database;
    private final KafkaConsumer<String, String> consumer;
    private final KafkaProducer<String, String> producer;
    private final String name = "worker-" + UUID.randomUUID();
    private final List<JsonNode> received = new ArrayList<>();

    /** A task of a group that was received. */
    record Task(String topic, int partition, String runId, String groupId, long id, int attempt, JsonNode json) {}

    FakeWorker(TestDatabase database, String brokers) {
        this.database = database;
        this.consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", brokers, "group.id", name, "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer());
        consumer.subscribe(
                List.of(Topics.TASK_GROUPS, Topics.URGENT_TASK_GROUPS, Topics.TASK_CONTROL, Topics.WORKFLOW_EVENTS));
        this.producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", brokers), new StringSerializer(), new StringSerializer());
        renewLease(30);
    }

    String name() {
        return name;
    }

    void renewLease(int seconds) {
        database.execute("""
                insert into workers (id, epoch, deadline) values ('%s', %d, now() + interval '%d seconds')
                on conflict (id) do update set epoch = excluded.epoch, deadline = excluded.deadline""".formatted(name, epoch, seconds));
    }

    /** Dies: the lease runs out. */
    void die() {
        renewLease(-1);
    }

    /** Comes back under another epoch. */
    void comeBack() {
        epoch++;
        renewLease(30);
    }

    /** The values of records on any of the topics, until one matches. */
    JsonNode await(Predicate<JsonNode> wanted) {
        long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (System.nanoTime() < deadline) {
            for (JsonNode value : received) {
                if (wanted.test(value)) {
                    received.remove(value);
                    return value;
                }
            }
            for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                received.add(parse(record));
            }
        }
        throw new AssertionError("no such record; there were " + received);
    }

    /** The value, and in it the topic and the partition, and as {@code traceparent} the trace that the record belongs to. */
    private static JsonNode parse(ConsumerRecord<String, String> record) {
        try {
            JsonNode value = JSON.readTree(record.value());
            Header trace = record.headers().lastHeader(TraceParent.HEADER);
            if (value instanceof ObjectNode object) {
                object.put("topic", record.topic());
                object.put("partition", record.partition());
            }
            if (trace != null && value instanceof ObjectNode object) {
                object.put("traceparent", new String(trace.value(), StandardCharsets.US_ASCII));
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The tasks of the next group of a run. */
    List<Task> receive(String runId) {
        return receiveAll(group -> group.path("run_id").asText().equals(runId));
    }

    /** The only task of the next group of this kind. */
    Task receiveWhere(Predicate<JsonNode> wanted) {
        return receiveAll(wanted).getFirst();
    }

    private List<Task> receiveAll(Predicate<JsonNode> wanted) {
        JsonNode group = await(value -> value.has("tasks") && wanted.test(value));
        List<Task> tasks = new ArrayList<>();
        for (JsonNode task : group.path("tasks")) {
            tasks.add(new Task(
                    group.path("topic").asText(),
                    group.path("partition").asInt(),
                    group.path("run_id").asText(),
                    group.path("group_id").asText(),
                    task.path("task_instance_id").asLong(),
                    task.path("attempt").asInt(),
                    task));
        }
        return tasks;
    }

    void claim(Task task) {
        database.execute("""
                update task_instances set status = 'RUNNING', worker_id = '%s', worker_epoch = %d, started_at = now()
                where run_id = '%s' and id = %d and attempt = %d and status = 'PENDING'""".formatted(name, epoch, task.runId(), task.id(), task.attempt()));
    }

    /** Claims and completes a task in the database, and says nothing. */
    void completeSilently(Task task, String output) {
        claim(task);
        database.execute("""
                update task_instances set status = 'COMPLETED', output = '%s', finished_at = now()
                where run_id = '%s' and id = %d and attempt = %d and status = 'RUNNING'""".formatted(output, task.runId(), task.id(), task.attempt()));
    }

    void complete(Task task, String output) {
        completeSilently(task, output);
        tell(task, "\"type\":\"TASK_COMPLETED\",\"output\":" + output);
    }

    void fail(Task task, String code) {
        claim(task);
        database.execute("""
                update task_instances set status = 'FAILED', error_code = '%s', error_message = 'm', finished_at = now()
                where run_id = '%s' and id = %d and attempt = %d and status = 'RUNNING'""".formatted(code, task.runId(), task.id(), task.attempt()));
        tell(
                task,
                "\"type\":\"TASK_FAILED\",\"output\":null,\"error\":{\"code\":\"%s\",\"message\":\"m\"}"
                        .formatted(code));
    }

    private void tell(Task task, String rest) {
        String value =
                """
                {"schema":1,"event_id":"%d-%d","run_id":"%s","group_id":"%s","task_instance_id":%d,"attempt":%d,%s}""".formatted(task.id(), task.attempt(), task.runId(), task.groupId(), task.id(), task.attempt(), rest);
        send(Topics.TASK_EVENTS, task.runId(), value);
    }

    /**
     * Completes a task without claiming or writing it: the scheduler is to do both, if it listens there.
     *
     * @param groupChannel where it may tell what follows, or null
     */
    void hint(String channel, Task task, String output, byte[] inputsSha256, @Nullable String groupChannel) {
        TaskHint hint = new TaskHint(
                TaskHint.SCHEMA,
                task.runId(),
                task.groupId(),
                task.id(),
                task.attempt(),
                output,
                name,
                epoch,
                "said".getBytes(StandardCharsets.UTF_8),
                7,
                65_536,
                "{\"input_bytes\":4}",
                task.json().path("spec_id").asLong(),
                task.json().path("timeout_ms").asLong(),
                inputsSha256,
                1_000_000,
                groupChannel);
        say(channel, Json.write(hint));
    }

    void say(String channel, String payload) {
        database.execute("select pg_notify('" + channel + "', '" + payload.replace("'", "''") + "')");
    }

    void send(String topic, String key, String value) {
        send(topic, key, List.of(value));
    }

    /** Records that come together, unless there are very many. */
    void send(String topic, String key, List<String> values) {
        values.forEach(value -> producer.send(new ProducerRecord<>(topic, key, value)));
        producer.flush();
    }

    List<TopicPartition> partitions(String topic) {
        return producer.partitionsFor(topic).stream()
                .map(one -> new TopicPartition(one.topic(), one.partition()))
                .toList();
    }

    void sendToEachPartition(String topic, String value) {
        partitions(topic).forEach(one -> producer.send(new ProducerRecord<>(topic, one.partition(), null, value)));
        producer.flush();
    }

    /** The groups of a run that have come and were not received. */
    List<JsonNode> groupsSoFar(String runId) {
        Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment());
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            consumer.poll(Duration.ofMillis(100)).forEach(record -> received.add(parse(record)));
        }
        return received.stream()
                .filter(value ->
                        value.has("tasks") && value.path("run_id").asText().equals(runId))
                .toList();
    }

    @Override
    public void close() {
        consumer.close();
        producer.close();
        database.execute("delete from workers where id = '" + name + "'");
    }
}
