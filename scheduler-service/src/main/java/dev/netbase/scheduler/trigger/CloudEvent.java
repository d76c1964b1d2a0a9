package dev.netbase.scheduler.trigger;

import dev.netbase.model.json.Json;
import dev.netbase.model.json.JsonException;
import dev.netbase.model.trace.TraceParent;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** CloudEvents 1.0 with JSON data, as the Kafka protocol binding has them. */
final class CloudEvent {
    private static final String PREFIX = "ce_";
    private static final String SPEC_VERSION = "specversion";
    private static final String VERSION = "1.0";
    private static final String BATCH = "application/cloudevents-batch";
    /** What is kept with a run. */
    private static final List<String> ATTRIBUTES = List.of("id", "source", "type", "subject", "time");

    private static final int MAX_ATTRIBUTE = 1_024;

    private CloudEvent() {}

    /**
     * What a record holds.
     *
     * @param data the event's data, or the record's value if it is no event
     * @param attributes those of the event that tell where it comes from; none if it is no event
     * @param traceparent of the extension for distributed tracing, or null
     */
    record Envelope(
            Map<String, @Nullable Object> data,
            Map<String, String> attributes,
            @Nullable String traceparent) {}

    /**
     * Opens a record's value: an event in structured mode, the data of one in binary mode, or neither.
     *
     * @throws UnreadableRecordException if it is an event that breaks the specification, or one without JSON data
     */
    static Envelope open(Headers headers, Map<String, @Nullable Object> value) {
        String contentType = header(headers, "content-type");
        if (contentType != null && contentType.startsWith(BATCH)) {
            throw new UnreadableRecordException("batches of CloudEvents are not read; send a record for each event");
        }
        if (header(headers, PREFIX + SPEC_VERSION) != null) {
            return binary(headers, contentType, value);
        }
        return value.containsKey(SPEC_VERSION) ? structured(value) : new Envelope(value, Map.of(), null);
    }

    private static Envelope binary(Headers headers, @Nullable String contentType, Map<String, @Nullable Object> value) {
        checkVersion(header(headers, PREFIX + SPEC_VERSION));
        if (contentType != null && !isJson(contentType)) {
            throw new UnreadableRecordException(
                    "content-type must be application/json for a CloudEvent in binary mode, not " + contentType);
        }
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String name : ATTRIBUTES) {
            keep(attributes, name, header(headers, PREFIX + name));
        }
        return new Envelope(value, attributes, TraceParent.valid(header(headers, PREFIX + TraceParent.HEADER)));
    }

    private static Envelope structured(Map<String, @Nullable Object> event) {
        checkVersion(event.get(SPEC_VERSION));
        Map<String, String> attributes = new LinkedHashMap<>();
        for (String name : ATTRIBUTES) {
            keep(attributes, name, event.get(name));
        }
        return new Envelope(
                data(event),
                attributes,
                event.get(TraceParent.HEADER) instanceof String text ? TraceParent.valid(text) : null);
    }

    private static Map<String, @Nullable Object> data(Map<String, @Nullable Object> event) {
        Object data = event.get("data");
        if (data == null && event.get("data_base64") instanceof String base64) {
            try {
                data = Json.parse(Base64.getDecoder().decode(base64));
            } catch (IllegalArgumentException | JsonException e) {
                throw new UnreadableRecordException("the CloudEvent's data_base64 is not JSON: " + e.getMessage());
            }
        }
        if (data instanceof Map<?, ?> object) {
            return Json.asObject(object);
        }
        throw new UnreadableRecordException("the CloudEvent's data must be a JSON object");
    }

    private static void checkVersion(@Nullable Object version) {
        if (!VERSION.equals(version)) {
            throw new UnreadableRecordException("specversion must be " + VERSION + ", not " + version);
        }
    }

    private static void keep(Map<String, String> attributes, String name, @Nullable Object value) {
        if (value instanceof String text && !text.isEmpty()) {
            attributes.put(name, text.length() > MAX_ATTRIBUTE ? text.substring(0, MAX_ATTRIBUTE) : text);
        }
    }

    private static boolean isJson(String contentType) {
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.endsWith("+json");
    }

    private static @Nullable String header(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null ? null : new String(header.value(), StandardCharsets.UTF_8);
    }
}
