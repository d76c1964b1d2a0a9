package dev.netbase.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** What a cluster's work has left: rows, records and files. */
final class Effects {
    private final Cluster cluster;

    Effects(Cluster cluster) {
        this.cluster = cluster;
    }

    long unfinishedRuns() throws SQLException {
        return number("select count(*) from workflow_runs where finished_at is null");
    }

    long runs() throws SQLException {
        return number("select count(*) from workflow_runs");
    }

    /** When the last run ended. */
    Instant lastEnd() throws SQLException {
        try (Connection connection = cluster.database();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select max(finished_at) from workflow_runs")) {
            row.next();
            return row.getObject(1, OffsetDateTime.class).toInstant();
        }
    }

    /** Every task has one row that says COMPLETED, and at most one completion on the topic: that of this attempt. */
    void assertEachTaskCountedOnce() throws SQLException {
        Map<String, Integer> attempts = new HashMap<>();
        try (Connection connection = cluster.database();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select run_id, id, attempt, status from task_instances")) {
            while (row.next()) {
                String task = row.getString(1) + "/" + row.getLong(2);
                assertThat(row.getString(4)).as(task).isEqualTo("COMPLETED");
                assertThat(attempts.put(task, row.getInt(3)))
                        .as("a second row of " + task)
                        .isNull();
            }
        }
        assertThat(number("""
                select count(*) from (select run_id, node_key, item_index from task_instances
                group by 1, 2, 3 having count(*) > 1) twice""")).as("nodes with two tasks").isZero();
        Map<String, Set<String>> completions = new HashMap<>();
        for (JsonNode event : records("netbase.task.events")) {
            String task = event.path("run_id").asText() + "/"
                    + event.path("task_instance_id").asLong();
            assertThat(event.path("type").asText()).as(event.toString()).isEqualTo("TASK_COMPLETED");
            assertThat(event.path("attempt").asInt()).as(event.toString()).isEqualTo(attempts.get(task));
            completions
                    .computeIfAbsent(task, any -> new TreeSet<>())
                    .add(event.path("event_id").asText());
        }
        completions.forEach((task, ids) -> assertThat(ids).as(task).hasSize(1));
    }

    /** Every run has said once that it started and once that it completed, however often the record came. */
    void assertEachRunToldOnce() {
        await().atMost(Duration.ofSeconds(30))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(() -> number("select count(*) from outbox") == 0);
        Map<String, Set<String>> told = new HashMap<>();
        for (JsonNode event : records("netbase.workflow.events")) {
            told.computeIfAbsent(event.path("subject").asText(), any -> new TreeSet<>())
                    .add(event.path("type").asText() + " " + event.path("id").asText());
        }
        assertThat(told.values())
                .allSatisfy(events -> assertThat(events.stream().map(event -> event.substring(0, event.indexOf(' '))))
                        .containsExactly("RUN_COMPLETED", "RUN_STARTED"));
        assertThat((long) told.size()).isEqualTo(await().until(this::runs, any -> true));
    }

    /** Folders of tasks that were not removed. */
    List<Path> workspacesLeft() throws IOException {
        List<Path> left = new ArrayList<>();
        try (Stream<Path> roots = Files.list(cluster.data())) {
            for (Path root : roots.filter(path -> path.getFileName().toString().startsWith("workspaces"))
                    .toList()) {
                try (Stream<Path> groups = Files.list(root)) {
                    groups.forEach(left::add);
                }
            }
        }
        return left;
    }

    private List<JsonNode> records(String topic) {
        List<JsonNode> records = new ArrayList<>();
        try (KafkaProbe kafka = new KafkaProbe(cluster.bootstrapServers())) {
            for (ConsumerRecord<String, String> record : kafka.read(topic)) {
                records.add(Api.JSON.readTree(record.value()));
            }
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
        return records;
    }

    private long number(String sql) throws SQLException {
        try (Connection connection = cluster.database();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            row.next();
            return row.getLong(1);
        }
    }
}
