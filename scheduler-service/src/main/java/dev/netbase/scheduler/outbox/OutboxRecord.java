package dev.netbase.scheduler.outbox;

import dev.netbase.model.trace.TraceParent;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A Kafka record to be sent once the transaction that wrote it has committed.
 *
 * @param id time-ordered
 * @param headers values are ASCII
 * @param place what decides on the partition instead of the key, if it is sent at once; null for the key
 */
public record OutboxRecord(
        String id,
        String topic,
        String key,
        byte[] value,
        Map<String, String> headers,
        @Nullable String place) {
    /** A record whose key decides on the partition. */
    public OutboxRecord(String id, String topic, String key, byte[] value, Map<String, String> headers) {
        this(id, topic, key, value, headers, null);
    }

    /** The same record, for the partition in which one with this key would be. */
    public OutboxRecord at(String key) {
        return new OutboxRecord(id, topic, this.key, value, headers, key);
    }

    /** The same record as part of a trace; null is none. */
    public OutboxRecord inTrace(@Nullable String traceparent) {
        if (traceparent == null) {
            return this;
        }
        Map<String, String> traced = new LinkedHashMap<>(headers);
        traced.put(TraceParent.HEADER, traceparent);
        return new OutboxRecord(id, topic, key, value, traced, place);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof OutboxRecord record
                && id.equals(record.id)
                && topic.equals(record.topic)
                && key.equals(record.key)
                && Arrays.equals(value, record.value)
                && headers.equals(record.headers)
                && Objects.equals(place, record.place);
    }

    @Override
    public int hashCode() {
        return Objects.hash(id);
    }

    @Override
    public String toString() {
        return topic + "/" + key + " (" + id + ", " + value.length + " bytes)";
    }
}
