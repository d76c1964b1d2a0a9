package dev.netbase.worker.group.kafka;

import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.task.AgentType;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Prints how many bytes a full backlog counts for each that it gives back to the heap when it is dropped. In a JVM that
 * has nothing else to do, and whose every collection compacts the whole heap: by default Serial leaves some of what is
 * dead where it is, three times of four.
 */
final class BacklogHeap {
    static final List<String> OPTIONS =
            List.of("-Xmx256m", "-XX:+UseSerialGC", "-XX:MarkSweepAlwaysCompactCount=1", "-XX:TieredStopAtLevel=1");

    private static final TopicPartition PARTITION = new TopicPartition("groups", 0);
    private static final long KEPT_BYTES = 8 << 20;

    private BacklogHeap() {}

    /** @param arguments tasks of a group, 0 for records that are none; characters of each input; which character */
    public static void main(String[] arguments) {
        int tasks = Integer.parseInt(arguments[0]);
        String input = Character.toString(Integer.parseInt(arguments[2])).repeat(Integer.parseInt(arguments[1]));
        GroupBacklog backlog = new GroupBacklog();
        for (int i = 0; backlog.bytes(PARTITION.topic()) < KEPT_BYTES; i++) {
            byte[] value = record(tasks, input, i).getBytes(StandardCharsets.UTF_8);
            backlog.add(new ConsumerRecord<>(PARTITION.topic(), PARTITION.partition(), i, null, value));
        }

        double counted = backlog.bytes(PARTITION.topic());
        long with = heap();
        backlog.drop(List.of(PARTITION));
        System.out.println(counted / (with - heap()));
    }

    private static String record(int tasks, String input, int number) {
        return tasks == 0
                ? "no group: " + input
                : Json.write(new TaskGroup(
                        TaskGroup.SCHEMA,
                        "group-" + number,
                        "run-" + number % 20,
                        Collections.nCopies(
                                tasks,
                                new TaskGroup.Task(
                                        1,
                                        1,
                                        "n",
                                        1000,
                                        1,
                                        AgentType.WASM,
                                        "/m".repeat(30),
                                        "c".repeat(64),
                                        Map.of(),
                                        input,
                                        1,
                                        null))));
    }

    private static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
