package dev.netbase.worker.platform;

import static io.restassured.RestAssured.get;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import dev.netbase.model.message.TaskEvent;
import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.topic.Topics;
import dev.netbase.worker.testing.TestRuns;
import dev.netbase.worker.testing.Topic;
import io.quarkus.test.common.QuarkusTestResource;
import io.quarkus.test.junit.QuarkusTest;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The worker as the service that Quarkus puts together. */
@QuarkusTest
@QuarkusTestResource(BackingServices.class)
class WorkerServiceQuarkusTest {
    @Test
    void shouldTakeGroupsAndShowItsHealthAndMetrics() {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(
                        () -> get("/q/health/ready").then().statusCode(200).body("status", equalTo("UP")));
        get("/q/health/live").then().statusCode(200);
        TestRuns runs = new TestRuns(BackingServices.database());
        TaskGroup group = runs.group(runs.run(), 1, 2);

        try (Topic groups = new Topic(BackingServices.broker(), Topics.TASK_GROUPS);
                Topic events = new Topic(BackingServices.broker(), Topics.TASK_EVENTS)) {
            groups.send(group.groupId(), group);

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(events.values(TaskEvent.class))
                            .singleElement()
                            .extracting(event -> event.error().code())
                            .isEqualTo(TaskErrorCode.UNSUPPORTED_AGENT_TYPE));
        }
        assertThat(get("/q/metrics").asString())
                .contains("netbase_worker_tasks_in_hand", "netbase_worker_tasks_claimed_total 1.0")
                .contains("netbase_worker_task_outcomes_total{code=\"UNSUPPORTED_AGENT_TYPE\"} 1.0");
    }
}
