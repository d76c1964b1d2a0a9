package dev.netbase.scheduler.dispatch;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.task.AgentType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GroupPackerTest {
    private static final int BYTES = 4_000;
    private final GroupPacker packer = new GroupPacker("run", 0, 3, BYTES, 1_000);

    @Test
    void shouldSplitByCount() {
        for (long id = 1; id <= 7; id++) {
            packer.add(task(id, "1"), 0);
        }

        assertThat(packed()).containsExactly(List.of(1L, 2L, 3L), List.of(4L, 5L, 6L), List.of(7L));
    }

    @Test
    void shouldSplitByBytesAndStillSendWhatIsLargerThanAGroup() {
        String large = "\"" + "x".repeat(BYTES / 2) + "\"";
        packer.add(task(1, "1"), 0);
        packer.add(task(2, large), 0);
        packer.add(task(3, large), 0);
        packer.add(task(4, "\"" + "x".repeat(2 * BYTES) + "\""), 0);
        packer.add(task(5, "1"), 0);

        assertThat(packed()).containsExactly(List.of(1L, 2L), List.of(3L), List.of(4L), List.of(5L));
    }

    @Test
    void shouldPutATaskAloneThatWasUnderWayWhenAWorkerDied() {
        packer.add(task(1, "1"), 0);
        packer.add(task(2, "1"), 1);
        packer.add(task(3, "1"), 0);
        packer.add(task(4, "1"), 2);
        packer.add(task(5, "1"), 1);
        packer.add(task(6, "1"), 0);

        assertThat(packed())
                .containsExactly(List.of(1L), List.of(2L), List.of(3L), List.of(4L), List.of(5L), List.of(6L));
    }

    @Test
    void shouldMakeNoGroupOfNothing() {
        assertThat(packer.finish()).isEmpty();
    }

    /** The tasks of each group, as the group and its record say them. */
    private List<List<Long>> packed() {
        List<GroupPacker.Packed> groups = packer.finish();
        assertThat(groups).allSatisfy(group -> {
            Map<?, ?> record = (Map<?, ?>) Json.parse(new String(group.record().value(), UTF_8));
            assertThat(record.get("group_id")).isEqualTo(group.groupId());
            assertThat((List<?>) record.get("tasks"))
                    .map(task -> ((Number) ((Map<?, ?>) task).get("task_instance_id")).longValue())
                    .isEqualTo(group.taskIds());
        });
        return groups.stream().map(GroupPacker.Packed::taskIds).toList();
    }

    private static TaskGroup.Task task(long id, String inputs) {
        return new TaskGroup.Task(
                id, 1, "a", null, 1, AgentType.WASM, "m.wasm", "00", "{}", new RawValue(inputs), 1_000, null);
    }
}
