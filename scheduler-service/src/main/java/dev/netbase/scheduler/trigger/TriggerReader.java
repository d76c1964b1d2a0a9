package dev.netbase.scheduler.trigger;

import dev.netbase.model.definition.StartSettings;
import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.trace.TraceParent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Reads records of {@code netbase.workflow.triggers}: bare commands, and commands as the data of CloudEvents 1.0 in
 * structured or binary mode (the Kafka protocol binding). A CloudEvent's own type does not matter.
 */
final class TriggerReader {
    private static final int MAX_EVENT_ID = 256;
    private static final int SCHEMA = 1;

    private final int maxBytes;

    /** @param maxBytes the most bytes of a record's value */
    TriggerReader(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * The trigger in a record.
     *
     * @throws UnreadableRecordException if there is none, with the reason
     */
    Trigger read(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            throw new UnreadableRecordException("the record has no value");
        }
        if (value.length > maxBytes) {
            throw new UnreadableRecordException("the value has " + value.length + " bytes; " + maxBytes
                    + " are allowed (netbase.scheduler.max-trigger-bytes)");
        }
        CloudEvent.Envelope envelope = CloudEvent.open(record.headers(), object(value));
        Map<String, @Nullable Object> fields = envelope.data();
        if (fields.get("schema") != null && !Long.valueOf(SCHEMA).equals(fields.get("schema"))) {
            throw new UnreadableRecordException("schema must be " + SCHEMA + ", or absent");
        }
        if (!"START_WORKFLOW".equals(fields.get("type"))) {
            throw new UnreadableRecordException("type must be START_WORKFLOW, not " + Json.write(fields.get("type")));
        }
        String eventId = text(fields, "event_id");
        if (eventId.length() > MAX_EVENT_ID) {
            throw new UnreadableRecordException("event_id is longer than " + MAX_EVENT_ID + " characters");
        }
        Object inputs = fields.get("inputs");
        if (inputs != null && !(inputs instanceof Map<?, ?>)) {
            throw new UnreadableRecordException("inputs must be an object");
        }
        return new Trigger(
                eventId,
                text(fields, "workflow"),
                whole(fields, "version", 1, Integer.MAX_VALUE),
                whole(fields, "priority", StartSettings.MIN_PRIORITY, StartSettings.MAX_PRIORITY),
                inputs == null ? Map.of() : Json.asObject(inputs),
                provenance(record, eventId, envelope));
    }

    private static Map<String, @Nullable Object> object(byte[] value) {
        try {
            if (Json.parse(value) instanceof Map<?, ?> object) {
                return Json.asObject(object);
            }
        } catch (JsonException e) {
            throw new UnreadableRecordException("the value is not JSON: " + e.getMessage());
        }
        throw new UnreadableRecordException("the value is not a JSON object");
    }

    private static String text(Map<String, @Nullable Object> fields, String name) {
        if (fields.get(name) instanceof String text && !text.isEmpty() && text.indexOf('\0') < 0) {
            return text;
        }
        throw new UnreadableRecordException(name + " must be a string that is not empty");
    }

    private static @Nullable Integer whole(Map<String, @Nullable Object> fields, String name, int min, int max) {
        Object value = fields.get(name);
        if (value == null) {
            return null;
        }
        if (value instanceof Long number && number >= min && number <= max) {
            return number.intValue();
        }
        throw new UnreadableRecordException(name + " must be a whole number "
                + (max == Integer.MAX_VALUE ? "of at least " + min : "from " + min + " to " + max));
    }

    private static Map<String, @Nullable Object> provenance(
            ConsumerRecord<byte[], byte[]> record, String eventId, CloudEvent.Envelope envelope) {
        Map<String, @Nullable Object> provenance = new LinkedHashMap<>();
        provenance.put("type", "kafka");
        provenance.put("event_id", eventId);
        provenance.put("topic", record.topic());
        provenance.put("partition", record.partition());
        provenance.put("offset", record.offset());
        provenance.put("timestamp_ms", record.timestamp());
        if (!envelope.attributes().isEmpty()) {
            provenance.put("cloud_event", envelope.attributes());
        }
        Header header = record.headers().lastHeader(TraceParent.HEADER);
        String traceparent = header == null ? null : TraceParent.valid(header.value());
        if (traceparent == null) {
            traceparent = envelope.traceparent();
        }
        if (traceparent != null) {
            provenance.put(TraceParent.HEADER, traceparent);
        }
        return provenance;
    }
}
