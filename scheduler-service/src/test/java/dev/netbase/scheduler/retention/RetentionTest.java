package dev.netbase.scheduler.retention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.artifact.FileArtifactStore;
import dev.netbase.model.id.Ids;
import dev.netbase.scheduler.platform.PlainDatabase;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetentionTest {
    private static final Duration AGE = Duration.ofDays(30);
    private static PlainDatabase database;

    @BeforeAll
    static void start() {
        database = new PlainDatabase();
        database.workflow(1, "");
    }

    @AfterAll
    static void stop() {
        database.close();
    }

    @BeforeEach
    void clear() {
        for (String table : new String[] {
            "workflow_runs",
            "run_nodes",
            "task_instances",
            "trigger_events",
            "idempotency_keys",
            "run_events",
            "webhook_deliveries"
        }) {
            database.execute("delete from " + table);
        }
    }

    /** A run that was made so many days ago and, unless it goes on, ended at once. */
    private static String run(int daysAgo, boolean ended) {
        String id =
                Ids.timeOrdered(Instant.now().minus(Duration.ofDays(daysAgo)).toEpochMilli());
        String time = "now() - interval '" + daysAgo + " days'";
        database.execute("""
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger,
                    created_at, finished_at)
                values ('%1$s', 1, 1, 1, '%2$s', '{}', '{}', %3$s, %4$s);
                insert into run_nodes (run_id, node_key, status, total) values ('%1$s', 'a', 'DISPATCHED', 1);
                insert into task_instances (run_id, id, node_key, status, attempt, group_id)
                    values ('%1$s', 1, 'a', 'COMPLETED', 1, 'g-%1$s');
                insert into run_events (run_id, seq, task_id, attempt, status, at) values ('%1$s', 1, 0, 0, 'PENDING', now());
                insert into trigger_events (workflow_id, event_id, run_id, created_at)
                    values (1, 'e-%1$s', '%1$s', %3$s)""", id, ended ? "COMPLETED" : "RUNNING", time, ended ? time : "null");
        return id;
    }

    private static String count(String table) {
        return database.query("select count(*) from " + table);
    }

    @Test
    void shouldRemoveRunsThatEndedLongAgoWithAllThatHangsOnThem() {
        for (int i = 0; i < 25; i++) {
            run(40 + i, true);
        }
        String young = run(10, true);
        String running = run(50, false);
        OldRuns old = new OldRuns(database.database(), 10, 1_000);

        assertThat(old.removeRuns(AGE, Instant.now())).isEqualTo(25);

        assertThat(database.query("select string_agg(id, ' ' order by id) from workflow_runs"))
                .isEqualTo(running + " " + young);
        for (String table : new String[] {"run_nodes", "task_instances", "run_events"}) {
            assertThat(count(table)).as(table).isEqualTo("2");
        }
        assertThat(count("trigger_events")).as("remembered for ever").isEqualTo("27");
        old.forgetEvents(AGE);
        assertThat(count("trigger_events")).isEqualTo("1");
        assertThat(old.removeRuns(AGE, Instant.now())).isZero();
    }

    @Test
    void shouldRemoveSoManyTasksAtOnceOrOneRun() {
        List<String> ids = new ArrayList<>();
        for (int tasks : new int[] {6, 6, 6, 50, 1, 1, 1, 1}) {
            String id = run(60 - ids.size(), true);
            database.execute("update run_nodes set total = %d where run_id = '%s'", tasks, id);
            ids.add(id);
        }
        OldRuns old = new OldRuns(database.database(), 3, 12);

        List<List<String>> batches = new ArrayList<>();
        String place = "";
        for (List<String> batch = old.removeBatch(place, AGE, Instant.now());
                !batch.isEmpty();
                batch = old.removeBatch(place, AGE, Instant.now())) {
            batches.add(batch);
            place = batch.getLast();
        }

        assertThat(batches)
                .containsExactly(
                        ids.subList(0, 2), ids.subList(2, 3), ids.subList(3, 4), ids.subList(4, 7), ids.subList(7, 8));
        assertThat(count("workflow_runs")).isEqualTo("0");
    }

    @Test
    void shouldKeepARunWhileItsKeyIsYoungOrItsEndIsUntold() {
        String withYoungKey = run(40, true);
        String withOldKey = run(40, true);
        String untold = run(40, true);
        String undelivered = run(40, true);
        database.execute("""
                insert into idempotency_keys (owner_id, workflow_id, key, body_sha256, run_id, created_at) values
                    (1, 1, 'young', 'x', '%s', now() - interval '23 hours'),
                    (1, 1, 'old', 'x', '%s', now() - interval '25 hours');
                update workflow_runs set notify = true where id = '%s';
                insert into webhook_deliveries (id, run_id, url, body) values ('d', '%s', 'https://a', '{}')""", withYoungKey, withOldKey, untold, undelivered);

        new OldRuns(database.database(), 10, 1_000).removeRuns(AGE, Instant.now());

        assertThat(database.query(
                        "select count(*) from workflow_runs where id in ('%s', '%s', '%s')",
                        withYoungKey, untold, undelivered))
                .isEqualTo("3");
        assertThat(database.query("select count(*) from workflow_runs where id = '%s'", withOldKey))
                .isEqualTo("0");
        assertThat(database.query("select string_agg(key, ' ') from idempotency_keys"))
                .isEqualTo("young");
    }

    @Test
    void shouldRemoveArtifactsThatNothingRefersTo(@TempDir Path root) throws Exception {
        FileArtifactStore store = new FileArtifactStore(root);
        String nested = store.put("in a value".getBytes(StandardCharsets.UTF_8));
        String inInputs =
                store.put(("{\"list\":[{\"$artifact\":\"" + nested + "\"}]}").getBytes(StandardCharsets.UTF_8));
        String inOutput = store.put("in an output".getBytes(StandardCharsets.UTF_8));
        String unused = store.put("unused".getBytes(StandardCharsets.UTF_8));
        String again = store.put("stored again".getBytes(StandardCharsets.UTF_8));
        String inDefinition = store.put("in a definition".getBytes(StandardCharsets.UTF_8));
        try (var files = Files.walk(root)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.setLastModifiedTime(file, FileTime.from(Instant.now().minus(Duration.ofDays(2))));
            }
        }
        store.put("stored again".getBytes(StandardCharsets.UTF_8));
        String young = store.put("young".getBytes(StandardCharsets.UTF_8));
        String runId = run(10, true);
        database.execute("""
                update workflow_runs set inputs = '{"$artifact":"%s"}' where id = '%s';
                update task_instances set output = '[{"a":{"$artifact":"%s"}}]' where run_id = '%s'""", inInputs, runId, inOutput, runId);
        database.workflow(7, ",\"output\":\"artifact:" + inDefinition + "\"");

        UnusedArtifacts artifacts = new UnusedArtifacts(database.database(), root);
        assertThat(artifacts.remove(Duration.ofDays(1), Instant.now())).isEqualTo(1);

        assertThat(store.locate(unused)).isEmpty();
        for (String kept : new String[] {inInputs, nested, inOutput, again, young, inDefinition}) {
            assertThat(store.locate(kept)).isPresent();
        }
    }
}
