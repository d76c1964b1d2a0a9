package dev.netbase.scheduler.trigger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class TriggerReaderTest {
    private static final String COMMAND =
            "{\"type\":\"START_WORKFLOW\",\"event_id\":\"e\",\"workflow\":\"w\",\"inputs\":{\"a\":1}}";

    private final TriggerReader reader = new TriggerReader(1_000);

    private static ConsumerRecord<byte[], byte[]> record(String value, Map<String, String> headers) {
        ConsumerRecord<byte[], byte[]> record =
                new ConsumerRecord<>("netbase.workflow.triggers", 3, 42L, null, value.getBytes(StandardCharsets.UTF_8));
        headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
        return record;
    }

    private Trigger read(String value) {
        return reader.read(record(value, Map.of()));
    }

    private void refused(String value, String reason) {
        assertThatThrownBy(() -> read(value))
                .as(value)
                .isInstanceOf(UnreadableRecordException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void shouldReadABareCommand() {
        Trigger trigger = read(COMMAND.replace("\"inputs\"", "\"version\":2,\"priority\":-5,\"schema\":1,\"inputs\""));

        assertThat(trigger.eventId()).isEqualTo("e");
        assertThat(trigger.workflow()).isEqualTo("w");
        assertThat(trigger.version()).isEqualTo(2);
        assertThat(trigger.priority()).isEqualTo(-5);
        assertThat(trigger.inputs()).isEqualTo(Map.of("a", 1L));
        assertThat(trigger.provenance())
                .containsEntry("type", "kafka")
                .containsEntry("event_id", "e")
                .containsEntry("topic", "netbase.workflow.triggers")
                .containsEntry("partition", 3)
                .containsEntry("offset", 42L)
                .containsKey("timestamp_ms")
                .doesNotContainKey("cloud_event");
    }

    @Test
    void shouldReadCloudEventsInBothModesAndKeepWhereTheyComeFrom() {
        Map<String, String> attributes =
                Map.of("id", "c1", "source", "/shop", "type", "order", "time", "2026-01-01T00:00:00Z");
        String envelope = "{\"specversion\":\"1.0\",\"id\":\"c1\",\"source\":\"/shop\",\"type\":\"order\","
                + "\"time\":\"2026-01-01T00:00:00Z\",\"datacontenttype\":\"application/json\",";

        Trigger structured = read(envelope + "\"data\":" + COMMAND + "}");
        Trigger base64 = read(envelope + "\"data_base64\":\""
                + Base64.getEncoder().encodeToString(COMMAND.getBytes(StandardCharsets.UTF_8)) + "\"}");
        Trigger binary = reader.read(record(
                COMMAND,
                Map.of(
                        "ce_specversion", "1.0",
                        "ce_id", "c1",
                        "ce_source", "/shop",
                        "ce_type", "order",
                        "ce_time", "2026-01-01T00:00:00Z",
                        "content-type", "application/json; charset=utf-8")));

        for (Trigger trigger : new Trigger[] {structured, base64, binary}) {
            assertThat(trigger.eventId()).isEqualTo("e");
            assertThat(trigger.provenance()).containsEntry("cloud_event", attributes);
        }
    }

    @Test
    void shouldSayWhyARecordIsNoTrigger() {
        refused("", "not JSON");
        refused("{\"type\":", "not JSON");
        refused("[]", "not a JSON object");
        refused("{\"a\":1,\"a\":2}", "not JSON");
        refused("[".repeat(300), "not JSON");
        refused("{\"pad\":\"" + "x".repeat(1_000) + "\"}", "1000 are allowed");
        refused(COMMAND.replace("START", "STOP"), "type must be START_WORKFLOW");
        refused(COMMAND.replace("\"inputs\"", "\"schema\":2,\"inputs\""), "schema must be 1");
        refused(COMMAND.replace("\"inputs\"", "\"version\":0,\"inputs\""), "version");
        refused(COMMAND.replace("\"inputs\"", "\"priority\":1000,\"inputs\""), "priority");
        refused(COMMAND.replace("{\"a\":1}", "[1]"), "inputs must be an object");
        refused(COMMAND.replace("\"event_id\":\"e\",", ""), "event_id");
        refused(COMMAND.replace("\"e\"", "\"" + "e".repeat(257) + "\""), "256");
        refused("{\"specversion\":\"0.3\",\"data\":" + COMMAND + "}", "specversion");
        refused("{\"specversion\":\"1.0\"}", "data");
        assertThatThrownBy(() -> reader.read(record(COMMAND, Map.of("ce_specversion", "2.0"))))
                .hasMessageContaining("specversion");
        assertThatThrownBy(() -> reader.read(
                        record(COMMAND, Map.of("ce_specversion", "1.0", "content-type", "application/avro"))))
                .hasMessageContaining("application/avro");
        assertThatThrownBy(
                        () -> reader.read(record("[]", Map.of("content-type", "application/cloudevents-batch+json"))))
                .isInstanceOf(UnreadableRecordException.class);
        assertThatThrownBy(() -> reader.read(new ConsumerRecord<>("t", 0, 0L, null, null)))
                .hasMessageContaining("no value");
    }
}
