package dev.netbase.worker.group.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.task.AgentType;
import dev.netbase.worker.testing.ForkedJvm;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GroupBacklogTest {
    private static final TopicPartition ZERO = new TopicPartition("groups", 0);
    private static final TopicPartition URGENT = new TopicPartition("urgent", 0);
    private static final TopicPartition ONE = new TopicPartition("groups", 1);

    @TempDir
    Path folder;

    private final GroupBacklog backlog = new GroupBacklog();

    @Test
    void shouldTakeGroupsWhileThereIsRoom() {
        add(ZERO, 5, group("a", 3));
        add(ZERO, 6, group("b", 3));
        add(ONE, 9, group("c", 3));

        GroupBacklog.Batch batch = backlog.next(6);

        assertThat(batch.groups()).extracting(TaskGroup::groupId).containsExactly("a", "b");
        assertThat(batch.offsets()).isEqualTo(Map.of(ZERO, new OffsetAndMetadata(7)));
        assertThat(backlog.next(6).offsets()).isEqualTo(Map.of(ONE, new OffsetAndMetadata(10)));
        assertThat(backlog.isEmpty()).isTrue();
    }

    @Test
    void shouldLetRunsTakeTurnsAndBeDoneOnlyWithWhatCameBefore() {
        for (int i = 0; i < 20; i++) {
            add(ZERO, i, group("large-" + i, "large", 500));
        }
        add(ZERO, 20, group("small", "small", 1));
        assertThat(backlog.bytes("groups")).isPositive();

        GroupBacklog.Batch first = backlog.next(600);

        assertThat(first.groups()).extracting(TaskGroup::groupId).containsExactly("large-0", "small");
        assertThat(first.offsets()).isEqualTo(Map.of(ZERO, new OffsetAndMetadata(1)));
        GroupBacklog.Batch rest = backlog.next(19 * 500);
        assertThat(rest.groups()).hasSize(19);
        assertThat(rest.offsets()).isEqualTo(Map.of(ZERO, new OffsetAndMetadata(21)));
        assertThat(backlog.bytes("groups")).isZero();
    }

    @Test
    void shouldTakeTheHighestPriorityFirstAndBeDoneOnlyWithWhatCameBefore() {
        add(ZERO, 0, group("low-0", "low", 1), "-5");
        add(ZERO, 1, group("none", "none", 1));
        add(ZERO, 2, group("high-0", "high", 1), "100");
        add(ZERO, 3, group("odd", "odd", 1), "very");
        add(ZERO, 4, group("high-1", "high", 1), "100");

        GroupBacklog.Batch first = backlog.next(3);
        assertThat(first.groups()).extracting(TaskGroup::groupId).containsExactly("high-0", "high-1", "none");
        assertThat(first.offsets()).isEqualTo(Map.of(ZERO, new OffsetAndMetadata(0)));
        GroupBacklog.Batch rest = backlog.next(3);
        assertThat(rest.groups()).extracting(TaskGroup::groupId).containsExactly("odd", "low-0");
        assertThat(rest.offsets()).isEqualTo(Map.of(ZERO, new OffsetAndMetadata(5)));
        assertThat(backlog.isEmpty()).isTrue();
    }

    @Test
    void shouldTakeUrgentGroupsBeforeAllOthersAndInTurns() {
        add(ZERO, 0, group("ordinary", 1));
        add(URGENT, 0, group("a-0", "a", 1), "3");
        add(URGENT, 1, group("a-1", "a", 1), "3");
        add(URGENT, 2, group("b-0", "b", 1), "3");
        add(URGENT, 3, group("c-0", "c", 1), "4");
        assertThat(backlog.bytes("urgent"))
                .isGreaterThan(backlog.bytes("groups"))
                .isPositive();

        GroupBacklog.Batch batch = backlog.next(4);

        assertThat(batch.groups()).extracting(TaskGroup::groupId).containsExactly("c-0", "a-0", "b-0", "a-1");
        assertThat(batch.offsets()).isEqualTo(Map.of(URGENT, new OffsetAndMetadata(4)));
        assertThat(backlog.bytes("urgent")).isZero();
        assertThat(backlog.bytes("groups")).isPositive();
    }

    @Test
    void shouldTakeAGroupThatIsLargerThanTheRoom() {
        add(ZERO, 5, group("a", 10));

        assertThat(backlog.next(1).groups()).hasSize(1);
    }

    @Test
    void shouldForgetWhatIsAnotherConsumers() {
        add(ZERO, 5, group("a", 1));
        add(ONE, 5, group("b", 1));

        backlog.drop(List.of(ZERO));

        assertThat(backlog.next(10).groups()).extracting(TaskGroup::groupId).containsExactly("b");
    }

    @Test
    void shouldTellWhatCameBeforeItsPartitionWasAssigned() {
        backlog.assigned(Map.of(ZERO, 6L, ONE, 0L));
        add(ZERO, 5, group("a", 1));
        add(ZERO, 6, group("b", 1));
        add(ONE, 0, group("c", 1));

        assertThat(backlog.next(10).old()).containsExactly("a");

        backlog.drop(List.of(ZERO));
        backlog.assigned(Map.of(ZERO, 8L));
        add(ZERO, 7, group("d", 1));
        assertThat(backlog.next(10).old()).containsExactly("d");
    }

    @Test
    void shouldPassOverRecordsThatAreNoGroupsInTheirOrder() {
        add(ZERO, 1, "no JSON");
        add(ZERO, 2, "{\"schema\":2,\"group_id\":\"g\",\"run_id\":\"r\",\"tasks\":[]}");
        add(ZERO, 3, "{\"schema\":1,\"group_id\":\"g\",\"tasks\":[]}");
        add(ZERO, 4, "{\"schema\":1,\"group_id\":\"g\",\"run_id\":\"r\",\"tasks\":[null]}");
        add(ZERO, 5, group("a", 1));
        backlog.add(new ConsumerRecord<>(ZERO.topic(), 0, 6, null, null));

        GroupBacklog.Batch batch = backlog.next(10);

        assertThat(batch.groups()).hasSize(1);
        assertThat(batch.dead().stream().map(dead -> dead.record().offset())).containsExactly(1L, 2L, 3L, 4L, 6L);
        assertThat(batch.dead()).allSatisfy(dead -> assertThat(dead.reason()).isNotBlank());
        assertThat(batch.offsets()).isEqualTo(Map.of(ZERO, new OffsetAndMetadata(7)));
    }

    @Test
    void shouldGiveAGroupWithAllThatItsRecordSays() {
        String value = Json.write(new TaskGroup(
                TaskGroup.SCHEMA,
                "a",
                "run",
                List.of(new TaskGroup.Task(
                        3, 2, "n", 4, 5, AgentType.SQL, "/m", "c", Map.of("k", 1), List.of(6), 7, "channel"))));
        add(ZERO, 5, value);

        assertThat(Json.write(backlog.next(2).groups().getFirst())).isEqualTo(value);
    }

    @Test
    void shouldKeepWhatTheTasksOfAGroupHaveInCommonOnce() {
        add(ZERO, 5, group("a", 2));

        List<TaskGroup.Task> tasks = backlog.next(2).groups().getFirst().tasks();

        assertThat(tasks.get(1).node()).isSameAs(tasks.get(0).node());
        assertThat(tasks.get(1).modulePath()).isSameAs(tasks.get(0).modulePath());
        assertThat(tasks.get(1).checksum()).isSameAs(tasks.get(0).checksum());
        assertThat(tasks.get(1).config()).isSameAs(tasks.get(0).config());
    }

    /** Of tasks one by one and in hundreds, of texts of one byte a character and of two, and of what is no group. */
    @ParameterizedTest
    @CsvSource({"1,1,x", "500,1,x", "500,500,x", "500,500,\u0416", "0,1000,x"})
    void shouldCountAboutWhatItKeepsOnTheHeap(int tasks, int characters, char character)
            throws IOException, InterruptedException {
        ForkedJvm jvm = ForkedJvm.run(
                BacklogHeap.class,
                folder.resolve("log"),
                Duration.ofMinutes(1),
                BacklogHeap.OPTIONS,
                Integer.toString(tasks),
                Integer.toString(characters),
                Integer.toString(character));

        assertThat(jvm.exitValue()).as(jvm.output()).isZero();
        assertThat(Double.parseDouble(jvm.output().strip().lines().toList().getLast()))
                .isBetween(0.7, 1.5);
    }

    private void add(TopicPartition partition, long offset, String value) {
        add(partition, offset, value, "");
    }

    private void add(TopicPartition partition, long offset, String value, String priority) {
        RecordHeaders headers = new RecordHeaders();
        if (!priority.isEmpty()) {
            headers.add(TaskGroup.PRIORITY_HEADER, priority.getBytes(StandardCharsets.US_ASCII));
        }
        backlog.add(new ConsumerRecord<>(
                partition.topic(),
                partition.partition(),
                offset,
                0,
                TimestampType.CREATE_TIME,
                0,
                value.length(),
                null,
                value.getBytes(StandardCharsets.UTF_8),
                headers,
                Optional.empty()));
    }

    private static String group(String groupId, int tasks) {
        return group(groupId, "run", tasks);
    }

    private static String group(String groupId, String runId, int tasks) {
        return Json.write(new TaskGroup(
                TaskGroup.SCHEMA,
                groupId,
                runId,
                Collections.nCopies(
                        tasks,
                        new TaskGroup.Task(1, 1, "n", null, 1, AgentType.WASM, "/m", "c", Map.of(), null, 1, null))));
    }
}
