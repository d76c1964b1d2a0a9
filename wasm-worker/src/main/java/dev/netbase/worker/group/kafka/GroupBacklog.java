package dev.netbase.worker.group.kafka;

import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.trace.TraceParent;
import dev.netbase.worker.group.application.TaskGroupReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * What was fetched and not yet taken. What has the highest priority goes first. Among equals, runs take turns, so that a
 * small one need not wait until a large one that came before it is done; of a run's records the one that was fetched
 * first is taken first. For one thread.
 */
final class GroupBacklog {
    private final NavigableMap<Integer, Map<String, Deque<Entry>>> runs = new TreeMap<>();
    private final Map<TopicPartition, Progress> partitions = new HashMap<>();
    private final Map<TopicPartition, Long> ends = new HashMap<>();
    private final Map<String, Long> bytes = new HashMap<>();

    /** What is kept of a record. */
    sealed interface Content permits KeptGroup, DeadRecord {
        /** About what it takes on the heap. */
        long bytes();
    }

    private record Entry(TopicPartition partition, long offset, long timestamp, int priority, Content content) {
        String runId() {
            return content instanceof KeptGroup kept ? kept.group().runId() : "";
        }

        int tasks() {
            return content instanceof KeptGroup kept ? kept.group().tasks().size() : 0;
        }
    }

    /** Where a partition stands: records are taken out of order, but it is done with only up to the first not taken. */
    private static final class Progress {
        final TopicPartition partition;
        final TreeSet<Long> notTaken = new TreeSet<>();
        long next;

        Progress(TopicPartition partition) {
            this.partition = partition;
        }

        OffsetAndMetadata done() {
            return new OffsetAndMetadata(notTaken.isEmpty() ? next : notTaken.first());
        }
    }

    /** A record for the dead letters, kept as it came. */
    record DeadRecord(ConsumerRecord<byte[], byte[]> record, String reason) implements Content {
        private static final int RECORD_BYTES = 800;

        @Override
        public long bytes() {
            long bytes = RECORD_BYTES + size(record.key()) + size(record.value());
            for (Header header : record.headers()) {
                bytes += size(header.value());
            }
            return bytes;
        }

        private static int size(byte @Nullable [] bytes) {
            return bytes == null ? 0 : bytes.length;
        }
    }

    /**
     * Records to be taken together, and how far their partitions are done with after that.
     *
     * @param old ids of the groups that were in their partition before it was assigned: another process may have had them
     * @param oldestMillis when the first of them came to the broker, in milliseconds since 1970
     * @param traces trace parents of those groups that came with one, by group id
     */
    record Batch(
            List<TaskGroup> groups,
            List<DeadRecord> dead,
            Map<TopicPartition, OffsetAndMetadata> offsets,
            Set<String> old,
            long oldestMillis,
            Map<String, String> traces) {}

    /** Notes where partitions ended when they were assigned. */
    void assigned(Map<TopicPartition, Long> ended) {
        ends.putAll(ended);
    }

    private boolean isOld(Entry entry) {
        return entry.offset() < ends.getOrDefault(entry.partition(), 0L);
    }

    /** Reads a record. Of one that is a group no more is kept than what was read. */
    void add(ConsumerRecord<byte[], byte[]> record) {
        Progress progress =
                partitions.computeIfAbsent(new TopicPartition(record.topic(), record.partition()), Progress::new);
        Content content = switch (TaskGroupReader.read(record.value())) {
            case TaskGroupReader.Group read -> KeptGroup.of(read.group(), traceparent(record));
            case TaskGroupReader.Unreadable unreadable -> new DeadRecord(record, unreadable.reason());
        };
        Entry entry = new Entry(progress.partition, record.offset(), record.timestamp(), priority(record), content);
        runs.computeIfAbsent(entry.priority(), any -> new LinkedHashMap<>())
                .computeIfAbsent(entry.runId(), id -> new ArrayDeque<>(1))
                .add(entry);
        bytes.merge(progress.partition.topic(), content.bytes(), Long::sum);
        progress.notTaken.add(record.offset());
        progress.next = record.offset() + 1;
    }

    boolean isEmpty() {
        return runs.isEmpty();
    }

    /** The priority that a record says its run has; 0 if it says none. */
    private static int priority(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(TaskGroup.PRIORITY_HEADER);
        if (header == null || header.value() == null) {
            return 0;
        }
        try {
            return Integer.parseInt(new String(header.value(), StandardCharsets.US_ASCII));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    /** About what all that waits of a topic takes on the heap. */
    long bytes(String topic) {
        return bytes.getOrDefault(topic, 0L);
    }

    private void forgetBytes(Entry entry) {
        bytes.merge(entry.partition().topic(), -entry.content().bytes(), Long::sum);
    }

    /** Forgets what came from partitions that are another consumer's now. */
    void drop(Collection<TopicPartition> lost) {
        for (Map<String, Deque<Entry>> equal : runs.values()) {
            for (Deque<Entry> run : equal.values()) {
                run.removeIf(entry -> {
                    boolean gone = lost.contains(entry.partition());
                    if (gone) {
                        forgetBytes(entry);
                    }
                    return gone;
                });
            }
            equal.values().removeIf(Deque::isEmpty);
        }
        runs.values().removeIf(Map::isEmpty);
        partitions.keySet().removeAll(Set.copyOf(lost));
        ends.keySet().removeAll(Set.copyOf(lost));
    }

    /** When the first record of the run whose turn it is came to the broker, in milliseconds since 1970; 0 for none. */
    private long oldest() {
        return runs.isEmpty()
                ? 0
                : runs.lastEntry()
                        .getValue()
                        .values()
                        .iterator()
                        .next()
                        .element()
                        .timestamp();
    }

    private static @Nullable String traceparent(ConsumerRecord<byte[], byte[]> record) {
        Header header = record.headers().lastHeader(TraceParent.HEADER);
        return header == null ? null : TraceParent.valid(header.value());
    }

    /** Takes records that together have at most {@code maxTasks} tasks, but at least one record. */
    Batch next(int maxTasks) {
        Batch batch = new Batch(
                new ArrayList<>(), new ArrayList<>(), new HashMap<>(), new HashSet<>(), oldest(), new HashMap<>());
        Set<TopicPartition> touched = new HashSet<>();
        int tasks = 0;
        while (!runs.isEmpty()) {
            Map.Entry<String, Deque<Entry>> run =
                    runs.lastEntry().getValue().entrySet().iterator().next();
            Entry entry = run.getValue().element();
            if (!touched.isEmpty() && tasks + entry.tasks() > maxTasks) {
                break;
            }
            take(run.getKey(), run.getValue());
            tasks += entry.tasks();
            touched.add(entry.partition());
            switch (entry.content()) {
                case KeptGroup kept -> {
                    String groupId = kept.group().groupId();
                    batch.groups().add(kept.group());
                    if (isOld(entry)) {
                        batch.old().add(groupId);
                    }
                    if (kept.traceparent() != null) {
                        batch.traces().put(groupId, kept.traceparent());
                    }
                }
                case DeadRecord dead -> batch.dead().add(dead);
            }
        }
        touched.forEach(partition -> {
            Progress progress = partitions.get(partition);
            if (progress != null) {
                batch.offsets().put(partition, progress.done());
            }
        });
        return batch;
    }

    /** Takes the run's first record out and sends the run to the end. */
    private void take(String runId, Deque<Entry> run) {
        Entry entry = run.remove();
        Map<String, Deque<Entry>> equal = Objects.requireNonNull(runs.get(entry.priority()));
        equal.remove(runId);
        if (!run.isEmpty()) {
            equal.put(runId, run);
        } else if (equal.isEmpty()) {
            runs.remove(entry.priority());
        }
        forgetBytes(entry);
        Progress progress = partitions.get(entry.partition());
        if (progress != null) {
            progress.notTaken.remove(entry.offset());
        }
    }
}
