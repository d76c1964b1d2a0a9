package dev.netbase.standalone.letters;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * A record that nobody could read, as it lies in the dead-letter topic.
 *
 * @param record with the original key, value and headers, and headers that tell where it came from and why
 */
public record DeadLetter(ConsumerRecord<byte[], byte[]> record) {
    private static final String OWN_HEADERS = "netbase-";

    /** Names it for a person: partition and offset in the dead-letter topic. */
    public String id() {
        return record.partition() + "-" + record.offset();
    }

    /**
     * Which record it was.
     *
     * @param value its value, by which a topic that was made anew is told from the one before
     */
    record Origin(String topic, String partition, String offset, int value) {}

    /** Which record it was, if it says so. */
    Optional<Origin> origin() {
        return topic().map(topic -> new Origin(topic, partition(), offset(), Arrays.hashCode(record.value())));
    }

    /** The topic it came from. */
    public Optional<String> topic() {
        return header("netbase-topic");
    }

    /** Its partition there, or {@code ?}. */
    public String partition() {
        return header("netbase-partition").orElse("?");
    }

    /** Its offset there, or {@code ?}. */
    public String offset() {
        return header("netbase-offset").orElse("?");
    }

    /** Why it is here. */
    public String reason() {
        return header("netbase-reason").orElse("?");
    }

    /** When it came here. */
    public Instant time() {
        return Instant.ofEpochMilli(record.timestamp());
    }

    /** Its key as text. */
    public String key() {
        return record.key() == null ? "" : new String(record.key(), StandardCharsets.UTF_8);
    }

    /** The bytes of its value. */
    public int size() {
        return record.value() == null ? 0 : record.value().length;
    }

    /** Whether it has all that the record had: one that was too large to be a letter came without its value. */
    public boolean isWhole() {
        return header("netbase-omitted").isEmpty();
    }

    /** The record as it first was, for the topic it came from. */
    ProducerRecord<byte[], byte[]> original(String topic) {
        List<Header> headers = new ArrayList<>();
        for (Header header : record.headers()) {
            if (!header.key().startsWith(OWN_HEADERS)) {
                headers.add(header);
            }
        }
        return new ProducerRecord<>(topic, null, record.key(), record.value(), headers);
    }

    private Optional<String> header(String name) {
        @Nullable Header header = record.headers().lastHeader(name);
        return header == null || header.value() == null
                ? Optional.empty()
                : Optional.of(new String(header.value(), StandardCharsets.UTF_8));
    }
}
