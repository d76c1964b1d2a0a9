package dev.netbase.worker.platform;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.netbase.model.message.TaskControl;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.topic.Topics;
import dev.netbase.worker.testing.Guests;
import dev.netbase.worker.testing.TestRuns;
import dev.netbase.worker.testing.Topic;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The worker as the service that Quarkus puts together, with real guests in the real sandbox. */
@QuarkusTest
@TestProfile(ExampleExecutor.Profile.class)
@QuarkusTestResource(BackingServices.class)
class WorkerServiceQuarkusTest {
    private static TestRuns runs;
    private static Guests guests;

    @BeforeAll
    static void insertRows() {
        runs = new TestRuns(BackingServices.database());
        guests = new Guests(BackingServices.database(), BackingServices.modulesRoot());
        guests.publishFile("data.txt", "published".getBytes(StandardCharsets.UTF_8));
    }

    @BeforeEach
    void awaitReady() {
        soon().untilAsserted(() -> get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP")));
    }

    @Test
    void shouldFailHostileGuestsWhileTheirSiblingsComplete() {
        TaskGroup group = runs.group(runs.run(), 103, guests.publish("echo", "{}"));
        List<Long> ids = TestRuns.ids(group);
        runs.setSpec(ids.get(10), guests.publish("spin", "{\"limits\":{\"fuel\":100000000}}"));
        runs.setSpec(ids.get(50), guests.publish("grow", "{}"));
        runs.setSpec(ids.get(90), guests.publish("trap", "{}"));

        run(group);

        assertThat(outcome(ids.get(10))).isEqualTo("FAILED OUT_OF_FUEL");
        assertThat(runs.column(ids.get(10), "fuel_used")).isEqualTo("100000000");
        assertThat(outcome(ids.get(50))).isEqualTo("FAILED OUT_OF_MEMORY");
        assertThat(outcome(ids.get(90))).isEqualTo("FAILED TRAP");
        assertThat(ids.stream().filter(id -> outcome(id).equals("COMPLETED")))
                .hasSize(100)
                .allSatisfy(id -> assertThat(runs.column(id, "output")).isEqualTo(id.toString()));
    }

    @Test
    void shouldGiveACommandItsArgumentsAndEnvironment() {
        long spec = guests.publish("args-env", "{\"args\":[\"-n\"],\"env\":{\"LANG\":\"C\"}}");
        TaskGroup group = runs.group(runs.run(), 1, spec);

        run(group);

        assertThat(runs.column(TestRuns.ids(group).getFirst(), "output"))
                .isEqualTo("\"" + guests.path(spec) + "\\u0000-n\\u0000LANG=C\\u0000\"");
    }

    @Test
    void shouldRefuseAConfigurationThatNoModuleCanRunWith() {
        TaskGroup group = runs.group(runs.run(), 1, guests.publish("echo", "{\"env\":{\"N\":1}}"));

        run(group);

        assertThat(outcome(TestRuns.ids(group).getFirst())).isEqualTo("FAILED INVALID_MODULE");
        assertThat(runs.column(TestRuns.ids(group).getFirst(), "error_message")).startsWith("config.env.N must be");
    }

    @Test
    void shouldDeleteTheWorkspaceBeforeItReports() {
        TaskGroup group = runs.group(runs.run(), 20, guests.publish("write-workspace", "{}"));

        run(group);

        assertThat(TestRuns.ids(group)).allSatisfy(id -> assertThat(outcome(id)).isEqualTo("COMPLETED"));
        assertThat(BackingServices.workspacesRoot().resolve(group.groupId())).doesNotExist();
    }

    @Test
    void shouldGiveATaskItsFilesAndKeepWhatItLeaves() {
        TaskGroup group = runs.group(runs.run(), 2, guests.publish("copy-input", "{}"));
        Long id = TestRuns.ids(group).getFirst();
        giveData(id);

        run(group);

        assertThat(outcome(id)).isEqualTo("COMPLETED");
        assertThat(runs.column(id, "output")).isEqualTo("\"published\"");
        assertThat(runs.column(id, "artifacts -> 0 ->> 'path'")).isEqualTo("copy.txt");
        assertThat(runs.column(id, "artifacts -> 0 ->> 'size_bytes'")).isEqualTo("9");
        assertThat(runs.column(
                        id,
                        "(usage ->> 'workspace_bytes') = '18' and (usage ->> 'running_us')::bigint > 0"
                                + " and (usage ->> 'instantiating_us')::bigint > 0"))
                .isEqualTo("t");
        assertThat(outcome(TestRuns.ids(group).getLast())).isEqualTo("FAILED EXIT_CODE");
    }

    @Test
    void shouldShowPublishedFilesAndNoChangedOnes() {
        long spec = guests.publish("read-asset", "{}");
        TaskGroup before = runs.group(runs.run(), 1, spec);
        run(before);
        assertThat(runs.column(TestRuns.ids(before).getFirst(), "output")).isEqualTo("\"published\"");

        guests.write("data.txt", "tampered!".getBytes(StandardCharsets.UTF_8));
        TaskGroup after = runs.group(runs.run(), 1, spec);
        run(after);
        guests.write("data.txt", "published".getBytes(StandardCharsets.UTF_8));

        assertThat(outcome(TestRuns.ids(after).getFirst())).isEqualTo("FAILED CHECKSUM_MISMATCH");
    }

    @Test
    void shouldNotRunAModuleThatWasChanged() {
        long spec = guests.publish("echo", "{}");
        run(runs.group(runs.run(), 1, spec));

        guests.write(guests.path(spec), Guests.content("trap"));
        TaskGroup after = runs.group(runs.run(), 1, spec);
        run(after);
        guests.write(guests.path(spec), Guests.content("echo"));

        assertThat(outcome(TestRuns.ids(after).getFirst())).isEqualTo("FAILED CHECKSUM_MISMATCH");
    }

    @Test
    void shouldStopARunningGuestOfACancelledRun() {
        TaskGroup group = runs.group(runs.run(), 2, guests.publish("sleep", "{}"));
        List<Long> ids = TestRuns.ids(group);

        try (Topic groups = new Topic(BackingServices.broker(), Topics.TASK_GROUPS);
                Topic control = new Topic(BackingServices.broker(), Topics.TASK_CONTROL)) {
            groups.send(group.groupId(), group);
            soon().untilAsserted(() ->
                    get("/q/health/ready").then().body("checks.find { it.name == 'sandbox' }.data.guests", equalTo(2)));
            control.send(
                    group.runId(), new TaskControl(TaskControl.SCHEMA, TaskControl.Type.CANCEL_RUN, group.runId()));

            soon().untilAsserted(() ->
                    assertThat(ids).allSatisfy(id -> assertThat(outcome(id)).isEqualTo("CANCELLED CANCELLED")));
        }
    }

    @Test
    void shouldRunAScriptOnAConfiguredDataSource() {
        long spec = guests.publishScript(
                "select count(*) > 0 as here from asset_packages", "{\"data_source\":\"own-data\"}");
        TaskGroup group = runs.group(runs.run(), 1, spec);

        run(group);

        assertThat(outcome(TestRuns.ids(group).getFirst())).isEqualTo("COMPLETED");
        assertThat(runs.column(TestRuns.ids(group).getFirst(), "output"))
                .isEqualTo("{\"rows\":[{\"here\":true}],\"row_count\":1}");
    }

    @Test
    void shouldFindAnExecutorOfSomebodyElses() {
        TaskGroup group = runs.group(runs.run(), 1, 3);

        run(group);

        assertThat(runs.column(TestRuns.ids(group).getFirst(), "output"))
                .isEqualTo("{\"ran\":\"bin/echo.wasm\",\"with\":"
                        + TestRuns.ids(group).getFirst() + "}");
    }

    @Test
    void shouldAccountInItsMetricsForWhatTheRowsSay() {
        TaskGroup group = runs.group(runs.run(), 10, guests.publish("copy-input", "{}"));
        TestRuns.ids(group).forEach(WorkerServiceQuarkusTest::giveData);
        Map<String, String> columns = Map.of(
                "fuel", "fuel_used",
                "peak_memory_bytes", "peak_memory_bytes",
                "input_bytes", "usage ->> 'input_bytes'",
                "output_bytes", "usage ->> 'output_bytes'",
                "workspace_bytes", "usage ->> 'workspace_bytes'",
                "queued_seconds", "usage ->> 'queued_us'",
                "loading_seconds", "usage ->> 'loading_us'",
                "instantiating_seconds", "usage ->> 'instantiating_us'",
                "running_seconds", "usage ->> 'running_us'");
        Map<String, Double> before = taskSums(columns.keySet());

        run(group);

        soon().untilAsserted(() -> {
            Map<String, Double> after = taskSums(columns.keySet());
            columns.forEach((metric, column) -> {
                double rows = TestRuns.ids(group).stream()
                        .mapToDouble(id -> Double.parseDouble(runs.column(id, column)))
                        .sum();
                double counted = (after.get(metric) - before.get(metric)) * (metric.endsWith("seconds") ? 1e6 : 1);
                assertThat(counted).as(metric).isCloseTo(rows, within(1.0));
                assertThat(counted).as(metric).isPositive();
            });
        });
    }

    /** The published data.txt becomes in/data.txt of a task's workspace. */
    private static void giveData(long id) {
        String nanoidAndVersion = BackingServices.database()
                .query("select p.nanoid || '/' || v.version_string from asset_versions v"
                        + " join asset_packages p on p.id = v.package_id where v.id = 1000");
        BackingServices.database()
                .execute("update task_instances set files = '[{\"path\":\"in/data.txt\",\"from\":\"asset:"
                        + nanoidAndVersion + "/data.txt\"}]' where id = " + id);
    }

    private static Map<String, Double> taskSums(Set<String> metrics) {
        String exposed = get("/q/metrics").asString();
        return metrics.stream()
                .collect(Collectors.toMap(
                        metric -> metric,
                        metric -> exposed.lines()
                                .filter(line -> line.startsWith("netbase_worker_task_" + metric + "_sum"))
                                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                                .sum()));
    }

    @Test
    void shouldShowHealthAndMetrics() {
        TaskGroup group = runs.group(runs.run(), 1, 2);

        run(group);

        assertThat(outcome(TestRuns.ids(group).getFirst())).isEqualTo("FAILED INVALID_MODULE");
        get("/q/health/live").then().statusCode(200).body("status", equalTo("UP"));
        assertThat(get("/q/metrics").asString())
                .contains("netbase_worker_tasks_in_hand", "netbase_worker_tasks_claimed_total")
                .contains("netbase_worker_task_outcomes_total{code=\"INVALID_MODULE\"}");
    }

    private static void run(TaskGroup group) {
        try (Topic groups = new Topic(BackingServices.broker(), Topics.TASK_GROUPS)) {
            groups.send(group.groupId(), group);
        }
        soon().untilAsserted(() -> assertThat(TestRuns.ids(group))
                .allSatisfy(id ->
                        assertThat(runs.column(id, "finished_at is not null")).isEqualTo("t")));
    }

    private static String outcome(long id) {
        return runs.column(id, "concat_ws(' ', status, error_code)");
    }

    private static ConditionFactory soon() {
        return await().atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }
}
