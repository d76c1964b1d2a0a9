package dev.netbase.worker.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskControl;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.testing.TestBroker;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.model.topic.Topics;
import dev.netbase.worker.testing.TestConfig;
import dev.netbase.worker.testing.TestRuns;
import dev.netbase.worker.testing.TestService;
import dev.netbase.worker.testing.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Records that no worker can read: each a dead letter with its reason, and what comes after them is read. */
class PoisonIT {
    private static final int PARTITION = 3;

    private static TestBroker broker;

    @TempDir
    Path artifacts;

    private TestRuns runs;
    private TestService service;
    private Topic groups;
    private Topic control;
    private Topic letters;

    @BeforeAll
    static void startBroker() {
        broker = TestBroker.start();
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void start() {
        TestDatabase database = TestDatabase.migrated();
        runs = new TestRuns(database);
        groups = new Topic(broker, Topics.TASK_GROUPS);
        control = new Topic(broker, Topics.TASK_CONTROL);
        letters = new Topic(broker, Topics.DEAD_LETTERS);
        service = new TestService(database, broker, artifacts, TestConfig.named("w"));
        soon().until(() -> service.health.isLive() && service.worker.lease.isFresh());
    }

    @AfterEach
    void stop() throws InterruptedException {
        service.close();
        groups.close();
        control.close();
        letters.close();
    }

    @Test
    void shouldPutGroupsAsideThatNobodyCanReadAndGoOn() {
        TaskGroup group = runs.group(runs.run(), 1);
        byte[] large = ("{\"schema\":1,\"pad\":\"" + "x".repeat(1_048_300) + "\"").getBytes(StandardCharsets.UTF_8);
        groups.send(PARTITION, "malformed", new byte[] {'{', 0, (byte) 0xff});
        groups.send(PARTITION, "another-kind", bytes("[]"));
        groups.send(
                PARTITION, "wrong-version", bytes("{\"schema\":2,\"group_id\":\"g\",\"run_id\":\"r\",\"tasks\":[]}"));
        groups.send(PARTITION, "incomplete", bytes("{\"schema\":1,\"group_id\":\"g\",\"tasks\":[]}"));
        groups.send(PARTITION, "unknown-type", bytes("""
                {"schema":1,"group_id":"g","run_id":"r","tasks":[{"task_instance_id":1,"attempt":1,"agent_type":"MAGIC"}]}"""));
        groups.send(PARTITION, "empty", null);
        groups.send(PARTITION, "oversized", large);
        groups.send(PARTITION, "good", Json.writeBytes(group));

        soon().untilAsserted(() -> assertThat(runs.count("COMPLETED")).isEqualTo(1));
        soon().until(() -> letters.records().size() == 7);

        assertThat(letter("malformed").value()).isEqualTo(new byte[] {'{', 0, (byte) 0xff});
        assertThat(header(letter("malformed"), "netbase-topic")).isEqualTo(Topics.TASK_GROUPS);
        assertThat(header(letter("malformed"), "netbase-partition")).isEqualTo("3");
        assertThat(header(letter("malformed"), "netbase-offset")).matches("[0-9]+");
        assertThat(reason("malformed")).contains("not a task group");
        assertThat(reason("another-kind")).contains("not a task group");
        assertThat(reason("wrong-version")).contains("schema 2 is not known");
        assertThat(reason("incomplete")).contains("run_id");
        assertThat(reason("unknown-type")).contains("not a task group");
        assertThat(reason("empty")).contains("no value");
        assertThat(reason("oversized")).contains("not a task group");
        assertThat(letter("oversized").value()).isNull();
        assertThat(header(letter("oversized"), "netbase-omitted")).isEqualTo("value");
    }

    @Test
    void shouldPutControlRecordsAsideAndStillHearTheNext() {
        TaskGroup group = runs.group(runs.run(), 1);
        service.worker.executor.hold(TestRuns.ids(group).getFirst());
        groups.send(group.groupId(), group);
        soon().untilAsserted(() -> assertThat(runs.count("RUNNING")).isEqualTo(1));

        // The consumer reads what comes after it has begun.
        soon().until(() -> {
            control.send(0, "malformed", bytes("{\"schema\":1"));
            return !letters.records().isEmpty();
        });
        control.send(0, "unknown-type", bytes("{\"schema\":1,\"type\":\"DANCE\",\"run_id\":\"r\"}"));
        control.send(0, "wrong-version", bytes("{\"schema\":9,\"type\":\"CANCEL_RUN\",\"run_id\":\"r\"}"));
        control.send(0, "incomplete", bytes("{\"schema\":1,\"run_id\":\"r\"}"));
        control.send(0, "empty", null);
        control.send(
                0,
                group.runId(),
                Json.writeBytes(new TaskControl(TaskControl.SCHEMA, TaskControl.Type.CANCEL_RUN, group.runId())));

        soon().untilAsserted(() -> assertThat(runs.count("CANCELLED")).isEqualTo(1));
        soon().until(() -> letters.records().stream()
                .anyMatch(letter -> new String(letter.key(), StandardCharsets.UTF_8).equals("empty")));
        assertThat(header(letter("malformed"), "netbase-topic")).isEqualTo(Topics.TASK_CONTROL);
        assertThat(reason("malformed")).contains("not a control record");
        assertThat(reason("unknown-type")).contains("not a control record");
        assertThat(reason("wrong-version")).contains("schema 9 is not known");
        assertThat(reason("incomplete")).contains("type or run_id is missing");
        assertThat(reason("empty")).contains("no value");
    }

    private ConsumerRecord<byte[], byte[]> letter(String key) {
        Optional<ConsumerRecord<byte[], byte[]>> found = letters.records().stream()
                .filter(record -> new String(record.key(), StandardCharsets.UTF_8).equals(key))
                .findFirst();
        assertThat(found).as(key).isPresent();
        return found.get();
    }

    private String reason(String key) {
        return header(letter(key), "netbase-reason");
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(50));
    }

    private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
        return new String(record.headers().lastHeader(name).value(), StandardCharsets.UTF_8);
    }
}
