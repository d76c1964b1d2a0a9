package dev.netbase.standalone.letters;

import dev.netbase.model.topic.Topics;
import dev.netbase.standalone.process.StartupException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/** The topic of dead letters at one broker. */
public final class DeadLetterTopic implements AutoCloseable {
    /** The consumer group whose offsets tell what has been replayed. It has no members. */
    public static final String GROUP = "netbase-dead-letters";

    private static final int ANSWER_MILLIS = 10_000;
    private static final Duration POLL = Duration.ofMillis(500);
    private final String servers;
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<TopicPartition> partitions;
    private final Map<TopicPartition, ReplayedMarks> marks = new HashMap<>();

    private DeadLetterTopic(String servers, KafkaConsumer<byte[], byte[]> consumer, List<TopicPartition> partitions) {
        this.servers = servers;
        this.consumer = consumer;
        this.partitions = partitions;
    }

    /**
     * Connects, and reads what has been replayed before.
     *
     * @throws StartupException if the broker does not answer or has no such topic
     */
    public static DeadLetterTopic connect(String servers) {
        try {
            KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                    Map.of(
                            ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers,
                            ConsumerConfig.GROUP_ID_CONFIG, GROUP,
                            ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false,
                            ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false,
                            ConsumerConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, ANSWER_MILLIS,
                            ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, ANSWER_MILLIS),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer());
            List<PartitionInfo> found = consumer.partitionsFor(Topics.DEAD_LETTERS);
            if (found.isEmpty()) {
                consumer.close();
                throw new StartupException("The broker at " + servers + " has no topic " + Topics.DEAD_LETTERS + ".");
            }
            List<TopicPartition> partitions = found.stream()
                    .map(info -> new TopicPartition(info.topic(), info.partition()))
                    .toList();
            DeadLetterTopic topic = new DeadLetterTopic(servers, consumer, partitions);
            topic.readMarks();
            return topic;
        } catch (KafkaException e) {
            throw new StartupException("No Kafka answers at " + servers + ": " + e.getMessage(), e);
        }
    }

    private void readMarks() {
        Map<TopicPartition, Long> beginnings = consumer.beginningOffsets(partitions);
        Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(Set.copyOf(partitions));
        for (TopicPartition partition : partitions) {
            @Nullable OffsetAndMetadata mark = committed.get(partition);
            ReplayedMarks read =
                    mark == null ? ReplayedMarks.none() : ReplayedMarks.read(mark.offset(), mark.metadata());
            read.expire(beginnings.getOrDefault(partition, 0L));
            marks.put(partition, read);
        }
    }

    /** Whether a letter has been replayed. */
    public boolean isReplayed(DeadLetter letter) {
        return marksOf(letter).contains(letter.record().offset());
    }

    /**
     * Shows every letter that is there now, oldest first within a partition. Of a record that several could not read, as
     * each worker reads the topic of cancellations, or that one has told of twice, it shows the first.
     */
    public void forEach(Consumer<DeadLetter> reader) {
        Set<DeadLetter.Origin> seen = new HashSet<>();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
        Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
        while (partitions.stream()
                .anyMatch(partition -> consumer.position(partition) < ends.getOrDefault(partition, 0L))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                DeadLetter letter = new DeadLetter(record);
                if (letter.origin().map(seen::add).orElse(true)) {
                    reader.accept(letter);
                }
            }
        }
    }

    /**
     * Sends letters back to the topics they came from, as they were, and remembers that. If it is interrupted in
     * between, letters may be sent again by the next replay.
     *
     * @throws StartupException if one does not say where it came from or has lost its value, or the broker does not take
     *     one; then none is marked
     */
    public void replay(List<DeadLetter> letters) throws InterruptedException {
        List<Future<RecordMetadata>> sends = new ArrayList<>();
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, servers,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG, ANSWER_MILLIS,
                        ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 64 << 20),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (DeadLetter letter : letters) {
                String topic = letter.topic()
                        .orElseThrow(() -> new StartupException("Dead letter " + letter.id()
                                + " does not say which topic it came from (header netbase-topic)."));
                if (!letter.isWhole()) {
                    throw new StartupException(
                            "Dead letter " + letter.id()
                                    + " was too large to keep its value (header netbase-omitted); only its sender can send it again.");
                }
                sends.add(producer.send(letter.original(topic)));
            }
            for (Future<RecordMetadata> send : sends) {
                send.get();
            }
        } catch (ExecutionException e) {
            throw new StartupException("The broker did not take a letter back: " + e.getCause(), e);
        }
        mark(letters);
    }

    private void mark(List<DeadLetter> letters) {
        letters.forEach(letter -> marksOf(letter).add(letter.record().offset()));
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
        marks.forEach((partition, mark) -> offsets.put(partition, new OffsetAndMetadata(mark.below(), mark.text())));
        consumer.commitSync(offsets);
    }

    private ReplayedMarks marksOf(DeadLetter letter) {
        TopicPartition partition =
                new TopicPartition(letter.record().topic(), letter.record().partition());
        return marks.computeIfAbsent(partition, any -> ReplayedMarks.none());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
