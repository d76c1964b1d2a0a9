package dev.netbase.worker.group.kafka;

import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.trace.TraceParent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Records that were fetched and not yet taken, in the order of each partition. For one thread. */
final class GroupBacklog {
    private final Deque<Entry> entries = new ArrayDeque<>();

    private record Entry(ConsumerRecord<byte[], byte[]> record, TaskGroupReader.Reading reading) {
        TopicPartition partition() {
            return new TopicPartition(record.topic(), record.partition());
        }

        int tasks() {
            return reading instanceof TaskGroupReader.Group read
                    ? read.group().tasks().size()
                    : 0;
        }
    }

    /** A record for the dead letters. */
    record DeadRecord(ConsumerRecord<byte[], byte[]> record, String reason) {}

    /**
     * Records to be taken together, and how far their partitions are done with after that.
     *
     * @param oldestMillis when the first of them came to the broker, in milliseconds since 1970
     * @param traces trace parents of those groups that came with one, by group id
     */
    record Batch(
            List<TaskGroup> groups,
            List<DeadRecord> dead,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            long oldestMillis,
            Map<String, String> traces) {}

    void add(ConsumerRecord<byte[], byte[]> record) {
        entries.add(new Entry(record, TaskGroupReader.read(record.value())));
    }

    boolean isEmpty() {
        return entries.isEmpty();
    }

    /** Forgets what came from partitions that are another consumer's now. */
    void drop(Collection<TopicPartition> partitions) {
        entries.removeIf(entry -> partitions.contains(entry.partition()));
    }

    private static @Nullable String traceparent(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(TraceParent.HEADER);
        return header == null ? null : TraceParent.valid(header.value());
    }

    /** Takes records from the front that together have at most {@code maxTasks} tasks, but at least one record. */
    Batch next(int maxTasks) {
        Batch batch = new Batch(
                new ArrayList<>(),
                new ArrayList<>(),
                new HashMap<>(),
                entries.isEmpty() ? 0 : entries.element().record().timestamp(),
                new HashMap<>());
        int tasks = 0;
        while (!entries.isEmpty()
                && (batch.offsets().isEmpty() || tasks + entries.element().tasks() <= maxTasks)) {
            Entry entry = entries.remove();
            tasks += entry.tasks();
            switch (entry.reading()) {
                case TaskGroupReader.Group read -> {
                    batch.groups().add(read.group());
                    String traceparent = traceparent(entry.record());
                    if (traceparent != null) {
                        batch.traces().put(read.group().groupId(), traceparent);
                    }
                }
                case TaskGroupReader.Unreadable unreadable ->
                    batch.dead().add(new DeadRecord(entry.record(), unreadable.reason()));
            }
            batch.offsets()
                    .put(entry.partition(), new OffsetAndMetadata(entry.record().offset() + 1));
        }
        return batch;
    }
}
