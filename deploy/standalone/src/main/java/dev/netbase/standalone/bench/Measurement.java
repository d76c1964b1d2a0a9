package dev.netbase.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.netbase.standalone.demo.ApiClient;
import dev.netbase.standalone.process.StartupException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;

/** Starts a workload's runs by Kafka, waits for them, and takes times from what the API says of them. */
final class Measurement {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private final ApiClient api;
    private final String kafka;
    private final String label;

    Measurement(ApiClient api, String kafka, String label) {
        this.api = api;
        this.kafka = kafka;
        this.label = label;
    }

    /** The figures by their names, in order. */
    Map<String, Double> perform(Workload workload) throws IOException, InterruptedException {
        postWorkflow(api, workload);
        round(workload, "warm-up");
        round(workload, "warm-up-2");
        List<Double> tasksPerSecond = new ArrayList<>();
        List<Double> runMillis = new ArrayList<>();
        List<Double> hopMillis = new ArrayList<>();
        for (int round = 0; round < workload.rounds(); round++) {
            List<JsonNode> runs = round(workload, Integer.toString(round));
            Instant first = runs.stream()
                    .map(run -> time(run, "created_at"))
                    .min(Instant::compareTo)
                    .orElseThrow();
            Instant last = runs.stream()
                    .map(run -> time(run, "finished_at"))
                    .max(Instant::compareTo)
                    .orElseThrow();
            tasksPerSecond.add(workload.runs() * workload.tasks() / (millis(first, last) / 1_000));
            runs.forEach(run -> runMillis.add(millis(time(run, "created_at"), time(run, "finished_at"))));
            runs.forEach(
                    run -> hopMillis.add(millis(time(run, "started_at"), time(run, "finished_at")) / workload.tasks()));
        }
        Map<String, Double> figures = new LinkedHashMap<>();
        String name = workload.name().toLowerCase(java.util.Locale.ROOT);
        figures.put(name + "_tasks_per_second", quantile(tasksPerSecond, 0.5));
        figures.put(name + "_run_p50_ms", quantile(runMillis, 0.5));
        figures.put(name + "_run_p99_ms", quantile(runMillis, 0.99));
        figures.put(name + "_ms_per_task_in_a_row", quantile(hopMillis, 0.5));
        return figures;
    }

    /** Makes the workload's workflow, which has its name. */
    static void postWorkflow(ApiClient api, Workload workload) throws IOException, InterruptedException {
        ObjectNode definition = JsonNodeFactory.instance.objectNode();
        definition.put("name", workload.name());
        definition.set("definition", JSON.readTree(workload.definition()));
        api.post("workflows", definition);
    }

    private List<JsonNode> round(Workload workload, String round) throws IOException, InterruptedException {
        long before = total(workload.name());
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", kafka, "acks", "all"), new StringSerializer(), new StringSerializer())) {
            for (int i = 0; i < workload.runs(); i++) {
                String event = "{\"type\":\"START_WORKFLOW\",\"event_id\":\"%s-%s-%s-%d\",\"workflow\":\"%s\"}"
                        .formatted(label, workload.name(), round, i, workload.name());
                producer.send(new ProducerRecord<>("netbase.workflow.triggers", Integer.toString(i), event));
            }
            producer.flush();
        }
        return ended(workload, before);
    }

    /** The runs of this round, newest first in the list, when all of them have completed. */
    private List<JsonNode> ended(Workload workload, long before) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline) {
            if (total(workload.name()) >= before + workload.runs()) {
                JsonNode completed = api.get("runs?size=200&status=COMPLETED&workflow=" + workload.name());
                List<JsonNode> runs = new ArrayList<>();
                completed.path("items").forEach(runs::add);
                return runs.subList(0, workload.runs());
            }
            // Asking costs the system that is measured.
            Thread.sleep(250);
        }
        throw new StartupException("The runs of " + workload.name() + " have not completed.");
    }

    private long total(String workflow) throws IOException, InterruptedException {
        return api.get("runs?size=1&status=COMPLETED&workflow=" + workflow)
                .path("total")
                .asLong();
    }

    private static Instant time(JsonNode run, String field) {
        return Instant.parse(run.path(field).asText());
    }

    private static double millis(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e6;
    }

    /** The value that this share of them, from 0 to 1, does not exceed. */
    static double quantile(List<Double> values, double quantile) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get((int) Math.min(sorted.size() - 1L, Math.round(quantile * (sorted.size() - 1))));
    }
}
