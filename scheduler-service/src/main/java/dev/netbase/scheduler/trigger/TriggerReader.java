package dev.netbase.scheduler.trigger;

import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.trace.TraceParent;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
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

    private TriggerReader() {}

    /**
     * The trigger in a record.
     *
     * @throws UnreadableRecordException if there is none, with the reason
     */
    static Trigger read(ConsumerRecord<byte[], byte[]> record) {
        byte[] value = record.value();
        if (value == null) {
            throw new UnreadableRecordException("the record has no value");
        }
        Map<String, @Nullable Object> event = object(value);
        Map<String, @Nullable Object> fields = event;
        if (fields.containsKey("specversion")) {
            fields = data(fields);
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
                version(fields.get("version")),
                inputs == null ? Map.of() : Json.asObject(inputs),
                provenance(record, eventId, event));
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

    private static Map<String, @Nullable Object> data(Map<String, @Nullable Object> event) {
        if (!"1.0".equals(event.get("specversion"))) {
            throw new UnreadableRecordException("specversion must be 1.0");
        }
        if (event.get("data") instanceof Map<?, ?> data) {
            return Json.asObject(data);
        }
        throw new UnreadableRecordException("the CloudEvent's data must be a JSON object");
    }

    private static String text(Map<String, @Nullable Object> fields, String name) {
        if (fields.get(name) instanceof String text && !text.isEmpty() && text.indexOf('\0') < 0) {
            return text;
        }
        throw new UnreadableRecordException(name + " must be a string that is not empty");
    }

    private static @Nullable Integer version(@Nullable Object version) {
        if (version == null) {
            return null;
        }
        if (version instanceof Long number && number >= 1 && number <= Integer.MAX_VALUE) {
            return number.intValue();
        }
        throw new UnreadableRecordException("version must be a whole number of at least 1");
    }

    private static Map<String, @Nullable Object> provenance(
            ConsumerRecord<byte[], byte[]> record, String eventId, Map<String, @Nullable Object> event) {
        Map<String, @Nullable Object> provenance = new LinkedHashMap<>();
        provenance.put("type", "kafka");
        provenance.put("event_id", eventId);
        provenance.put("topic", record.topic());
        provenance.put("partition", record.partition());
        provenance.put("offset", record.offset());
        provenance.put("timestamp_ms", record.timestamp());
        Header cloudEvent = record.headers().lastHeader("ce_id");
        if (cloudEvent != null) {
            provenance.put("ce_id", new String(cloudEvent.value(), StandardCharsets.UTF_8));
        }
        String traceparent = traceparent(record, event);
        if (traceparent != null) {
            provenance.put(TraceParent.HEADER, traceparent);
        }
        return provenance;
    }

    /** Of the record, or of the CloudEvent by its extension for distributed tracing. */
    private static @Nullable String traceparent(
            ConsumerRecord<byte[], byte[]> record, Map<String, @Nullable Object> event) {
        for (String name : List.of(TraceParent.HEADER, "ce_" + TraceParent.HEADER)) {
            Header header = record.headers().lastHeader(name);
            String valid = header == null ? null : TraceParent.valid(header.value());
            if (valid != null) {
                return valid;
            }
        }
        return event.containsKey("specversion") && event.get(TraceParent.HEADER) instanceof String text
                ? TraceParent.valid(text)
                : null;
    }
}
