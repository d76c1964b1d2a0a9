package dev.netbase.scheduler.platform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.id.Ids;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.model.topic.Topics;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What stops, waits, and runs below a run: on a real PostgreSQL and a real broker. */
@QuarkusTest
@QuarkusTestResource(BackingServices.class)
class RunSemanticsQuarkusTest {
    private static int nextWorkflow = 500;
    private static boolean isRegistered;
    private TestDatabase database;
    private Registered registered;
    private FakeWorker worker;

    @BeforeEach
    void start() {
        database = BackingServices.database();
        registered = new Registered(database, 1);
        if (!isRegistered) {
            registered.agent(500, "y");
            isRegistered = true;
        }
        worker = new FakeWorker(database, BackingServices.brokers());
    }

    @AfterEach
    void stop() {
        worker.close();
    }

    private String workflow(String definition) {
        int id = nextWorkflow++;
        registered.workflow(id, "w" + id, definition);
        return "w" + id;
    }

    private String run(String workflow) {
        return run(workflow, 0);
    }

    private String run(String workflow, int priority) {
        String runId = Ids.timeOrdered(System.currentTimeMillis());
        database.execute("""
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, priority)
                select '%s', id, 1, 1, 'PENDING', '{}', '{}', %d from workflows where name = '%s'""".formatted(runId, priority, workflow));
        request("RUN_REQUESTED", runId);
        return runId;
    }

    private void request(String type, String runId) {
        worker.send(
                Topics.RUN_REQUESTS, runId, "{\"schema\":1,\"type\":\"%s\",\"run_id\":\"%s\"}".formatted(type, runId));
    }

    private void cancel(String runId) {
        database.execute("update workflow_runs set cancelling = true where id = '" + runId + "'");
        request("CANCEL_REQUESTED", runId);
    }

    private String ofRun(String runId, String column) {
        return database.query("select " + column + " from workflow_runs where id = '" + runId + "'");
    }

    private String ofTasks(String runId, String expression) {
        return database.query("select " + expression + " from task_instances where run_id = '" + runId + "'");
    }

    private void awaitStatus(String runId, String status) {
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ofRun(runId, "status").equals(status));
    }

    private String awaitChild(String runId) {
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> database.query("select coalesce(max(id), '') from workflow_runs where parent_run_id = '"
                                + runId + "' and finished_at is null"),
                        id -> !id.isEmpty());
    }

    @Test
    void shouldSendTasksOfUrgentRunsToATopicOfTheirOwn() {
        String inner = workflow("{\"nodes\":[{\"key\":\"a\",\"agent\":\"y\"}]}");
        String outer = workflow("{\"nodes\":[{\"key\":\"sub\",\"workflow\":\"" + inner + "\"}]}");

        String child = awaitChild(run(outer, 1));

        assertThat(topicOf(child)).as("as urgent as its parent").isEqualTo(Topics.URGENT_TASK_GROUPS);
        assertThat(topicOf(run(inner, 100))).isEqualTo(Topics.URGENT_TASK_GROUPS);
        assertThat(topicOf(run(inner, 0))).isEqualTo(Topics.TASK_GROUPS);
        assertThat(topicOf(run(inner, -1))).isEqualTo(Topics.TASK_GROUPS);
        assertThat(topicOf(trigger(inner, 2))).isEqualTo(Topics.URGENT_TASK_GROUPS);
    }

    private String topicOf(String runId) {
        FakeWorker.Task task = worker.receive(runId).getFirst();
        worker.complete(task, "1");
        return task.topic();
    }

    private String trigger(String workflow, int priority) {
        String eventId = "urgent-" + workflow;
        worker.send(Topics.WORKFLOW_TRIGGERS, "k", """
                        {"type":"START_WORKFLOW","event_id":"%s","workflow":"%s","priority":%d}""".formatted(eventId, workflow, priority));
        return await().atMost(Duration.ofSeconds(30))
                .until(
                        () -> database.query("select coalesce(max(run_id), '') from trigger_events where event_id = '"
                                + eventId + "'"),
                        id -> !id.isEmpty());
    }

    @Test
    void shouldStopTheOtherElementsWhenOneFails() {
        String runId = run(workflow("""
                {"nodes":[{"key":"a","agent":"y","for_each":[1,2,3],"on_element_failure":"fail_fast"}]}"""));
        List<FakeWorker.Task> tasks = worker.receive(runId);
        worker.claim(tasks.get(1));

        worker.fail(tasks.getFirst(), "TRAP");

        worker.await(value -> value.path("type").asText().equals("STOP_TASKS")
                && value.path("run_id").asText().equals(runId));
        assertThat(ofRun(runId, "status")).isEqualTo("RUNNING");
        assertThat(ofTasks(runId, "string_agg(status, ' ' order by id)")).isEqualTo("FAILED RUNNING CANCELLED");
        assertThat(database.query("select status from run_nodes where run_id = '" + runId + "'"))
                .isEqualTo("STOPPING");
        worker.fail(tasks.get(1), "CANCELLED");
        awaitStatus(runId, "FAILED");
        assertThat(ofRun(runId, "error ->> 'code'")).isEqualTo("TRAP");
    }

    @Test
    void shouldPutNullWhereAnElementFailedAndGoOn() {
        String runId = run(workflow("""
                {"nodes":[{"key":"a","agent":"y","for_each":[1,2],"on_element_failure":"continue"}],
                 "output":"${nodes.a.output}"}"""));
        List<FakeWorker.Task> tasks = worker.receive(runId);

        worker.fail(tasks.getFirst(), "TRAP");
        worker.complete(tasks.getLast(), "2");

        awaitStatus(runId, "COMPLETED");
        assertThat(ofRun(runId, "output::text")).isEqualTo("[null,2]");
    }

    @Test
    void shouldFailARunWhoseTimeIsUpOnceItsTasksHaveStopped() {
        String runId = run(workflow("{\"timeout\":\"300ms\",\"nodes\":[{\"key\":\"a\",\"agent\":\"y\"}]}"));
        FakeWorker.Task task = worker.receive(runId).getFirst();
        worker.claim(task);

        worker.await(value -> value.path("type").asText().equals("CANCEL_RUN")
                && value.path("run_id").asText().equals(runId));
        assertThat(ofRun(runId, "status || ' ' || cancelling || ' ' || stop_reason"))
                .isEqualTo("RUNNING true TIMEOUT");
        worker.fail(task, "CANCELLED");

        awaitStatus(runId, "FAILED");
        assertThat(ofRun(runId, "error ->> 'code'")).isEqualTo("TIMEOUT");
    }

    @Test
    void shouldShowATaskThatWaitsForItsNextAttemptAndWithdrawItWithTheRun() {
        String runId = run(workflow(
                "{\"nodes\":[{\"key\":\"a\",\"agent\":\"y\",\"retry\":{\"max_attempts\":2,\"backoff\":\"1h\"}}]}"));

        worker.fail(worker.receive(runId).getFirst(), "TRAP");

        await().atMost(Duration.ofSeconds(30))
                .until(() -> ofTasks(
                                runId, "status || ' ' || attempt || ' ' || (retry_at > now()) || ' ' || error_code")
                        .equals("PENDING 2 true TRAP"));
        cancel(runId);
        awaitStatus(runId, "CANCELLED");
        assertThat(ofTasks(runId, "status")).isEqualTo("CANCELLED");
    }

    @Test
    void shouldCancelARunThatHasNotStarted() {
        String runId = Ids.timeOrdered(System.currentTimeMillis());
        database.execute("""
                insert into workflow_runs (id, workflow_id, workflow_version, owner_id, status, inputs, trigger, cancelling)
                select '%s', id, 1, 1, 'PENDING', '{}', '{}', true from workflows
                where name = '%s'""".formatted(runId, workflow("{\"nodes\":[{\"key\":\"a\",\"agent\":\"gone\"}]}")));

        request("CANCEL_REQUESTED", runId);

        awaitStatus(runId, "CANCELLED");
    }

    @Test
    void shouldRunASubWorkflowAsATask() {
        String child = workflow("""
                {"nodes":[{"key":"c","agent":"y","inputs":"${inputs.v}"}],"output":{"got":"${nodes.c.output}"}}""");
        String runId = run(workflow("""
                {"nodes":[{"key":"a","workflow":"%s","for_each":[7,8],"inputs":{"v":"${item}"}}],
                 "output":"${nodes.a.output}"}""".formatted(child)));

        for (int i = 0; i < 2; i++) {
            FakeWorker.Task task = worker.receiveWhere(
                    group -> group.path("tasks").path(0).path("node").asText().equals("c"));
            worker.complete(task, "\"done " + task.json().path("inputs").asInt() + "\"");
        }

        awaitStatus(runId, "COMPLETED");
        assertThat(ofRun(runId, "output::text")).isEqualTo("[{\"got\":\"done 7\"},{\"got\":\"done 8\"}]");
        assertThat(database.query("select string_agg(distinct status || ' ' || depth, ',') from workflow_runs"
                        + " where parent_run_id = '" + runId + "'"))
                .isEqualTo("COMPLETED 1");
    }

    @Test
    void shouldEndAParentOnlyWhenWhatIsBelowHasStopped() {
        String leaf = workflow("{\"nodes\":[{\"key\":\"leaf\",\"agent\":\"y\"}]}");
        String middle = workflow("{\"nodes\":[{\"key\":\"m\",\"workflow\":\"%s\",\"inputs\":{}}]}".formatted(leaf));
        String runId =
                run(workflow("{\"nodes\":[{\"key\":\"a\",\"workflow\":\"%s\",\"inputs\":{}}]}".formatted(middle)));
        String middleId = awaitChild(runId);
        String leafId = awaitChild(middleId);
        FakeWorker.Task task = worker.receive(leafId).getFirst();
        worker.claim(task);

        cancel(runId);

        worker.await(value -> value.path("type").asText().equals("CANCEL_RUN")
                && value.path("run_id").asText().equals(leafId));
        assertThat(ofRun(runId, "status")).isEqualTo("RUNNING");
        worker.fail(task, "CANCELLED");
        awaitStatus(runId, "CANCELLED");
        assertThat(ofRun(middleId, "status") + ofRun(leafId, "status")).isEqualTo("CANCELLEDCANCELLED");
        assertThat(ofTasks(runId, "status || ' ' || error_code")).isEqualTo("CANCELLED CANCELLED");
    }

    @Test
    void shouldRefuseToNestDeeperThanAllowed() {
        int id = nextWorkflow;
        String endless = workflow("{\"nodes\":[{\"key\":\"again\",\"workflow\":\"w%d\",\"inputs\":{}}]}".formatted(id));

        String runId = run(endless);

        awaitStatus(runId, "FAILED");
        assertThat(ofRun(runId, "error ->> 'code'")).isEqualTo("TOO_DEEP");
        assertThat(database.query("select max(depth) from workflow_runs where workflow_id = " + id))
                .isEqualTo("8");
    }

    @Test
    void shouldTellAParentOfAChildsEndThoughTheEventIsLost() {
        String child = workflow("{\"nodes\":[{\"key\":\"c\",\"agent\":\"y\"}],\"output\":5}");
        String runId = run(workflow("""
                {"nodes":[{"key":"a","workflow":"%s","inputs":{}}],"output":"${nodes.a.output}"}""".formatted(child)));
        String childId = awaitChild(runId);

        // What the child's end would write, without its event.
        database.execute("""
                update task_instances set status = 'COMPLETED', output = '6', finished_at = now()
                where run_id = '%s' and child_run_id = '%s'""".formatted(runId, childId));

        awaitStatus(runId, "COMPLETED");
        assertThat(ofRun(runId, "output::text")).isEqualTo("6");
    }
}
