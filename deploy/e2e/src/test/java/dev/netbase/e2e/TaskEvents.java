package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What workers have told of their tasks. */
final class TaskEvents {
    private TaskEvents() {}

    /** Each task of these runs tells once how it ended, by the attempt that its row shows; some a little after that. */
    static void assertEndedOnce(WorkerStack stack, Collection<String> runs) {
        await().untilAsserted(
                        () -> assertThat(told(stack, runs)).containsExactlyInAnyOrderElementsOf(rows(stack, runs)));
    }

    /** The same where workers were killed: one that has just written an outcome may not have told it. */
    static void assertEndedAtMostOnce(WorkerStack stack, Collection<String> runs) throws IOException {
        assertThat(told(stack, runs)).doesNotHaveDuplicates().isSubsetOf(rows(stack, runs));
    }

    private static List<String> told(WorkerStack stack, Collection<String> runs) throws IOException {
        List<String> told = new ArrayList<>();
        try (KafkaProbe kafka = new KafkaProbe(stack.endpoints().kafka())) {
            for (ConsumerRecord<String, String> record : kafka.read("netbase.task.events")) {
                if (runs.contains(record.key())) {
                    JsonNode event = Api.JSON.readTree(record.value());
                    told.add(event.path("task_instance_id").asText() + "/"
                            + event.path("attempt").asText());
                }
            }
        }
        return told;
    }

    private static List<String> rows(WorkerStack stack, Collection<String> runs) {
        return List.of(stack.query("select string_agg(id || '/' || attempt, ',') from task_instances where run_id in ('"
                        + String.join("','", runs) + "')")
                .split(","));
    }
}
