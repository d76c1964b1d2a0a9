package dev.netbase.scheduler.run.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.json.Json;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.model.task.TaskStatus;
import dev.netbase.scheduler.run.domain.RunChange.TaskRedispatched.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Element failure policies, timeouts, sub-workflows: what ends early, and what waits for it. */
class StoppingTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private final Decider decider = new Decider(value -> value, Decider.Limits.DEFAULTS);
    private final AtomicLong ids = new AtomicLong();

    @Test
    void shouldRunAllElementsAndThenFailUnlessToldOtherwise() {
        Transition start = start("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"for_each\":[1,2]}]}");

        Transition failed = decide(start.next(), failure(1, 1, TaskErrorCode.TRAP));
        assertThat(failed.changes()).isEmpty();

        Transition end = decide(failed.next(), new RunEvent.TaskCompleted(2, 1, null));
        assertThat(end.next().status()).isEqualTo(RunStatus.FAILED);
    }

    @Test
    void shouldStopTheOtherElementsWhenOneFailsFast() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","for_each":[1,2,3],"on_element_failure":"fail_fast"},
                          {"key":"b","agent":"x","depends_on":["a"]}]}""");

        Transition failed = decide(start.next(), failure(2, 1, TaskErrorCode.TRAP));
        assertThat(failed.changes()).containsExactly(new RunChange.NodeStopped("a"));
        assertThat(failed.next().node("a").status()).isEqualTo(NodeProgress.Status.STOPPING);

        Transition lost = decide(failed.next(), new RunEvent.TaskLost(1, 1));
        assertThat(lost.changes()).containsExactly(new RunChange.LostTaskCancelled(1, 1));

        Transition end = decide(lost.next(), failure(3, 1, TaskErrorCode.CANCELLED));
        assertThat(end.next().node("b").failure().code()).isEqualTo(TaskErrorCode.UPSTREAM_FAILED);
        assertThat(error(end).code()).isEqualTo(TaskErrorCode.TRAP);
    }

    @Test
    void shouldNotRetryInANodeThatStops() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","for_each":[1,2,3],"on_element_failure":"fail_fast",
                           "retry":{"max_attempts":2,"codes":["TIMEOUT"]}}]}""");
        Transition waiting = decide(start.next(), failure(1, 1, TaskErrorCode.TIMEOUT));
        assertThat(waiting.changes()).singleElement().isInstanceOf(RunChange.RetryScheduled.class);

        Transition stopped = decider.decide(
                waiting.next(),
                List.of(failure(3, 1, TaskErrorCode.TIMEOUT), failure(2, 1, TaskErrorCode.TRAP)),
                NOW,
                ids::incrementAndGet);

        assertThat(stopped.changes())
                .hasSize(2)
                .startsWith(new RunChange.NodeStopped("a"))
                .last()
                .isInstanceOf(RunChange.RunEnded.class);
        assertThat(stopped.next().node("a").tasks())
                .extracting(TaskProgress::status)
                .containsExactly(TaskProgress.Status.CANCELLED, TaskProgress.Status.FAILED, TaskProgress.Status.FAILED);
    }

    @Test
    void shouldNotBeginAnyElementWhereOneCannotBegin() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","for_each":[{"v":1},{}],"inputs":"${item.v}",
                           "on_element_failure":"fail_fast"}]}""");

        RunChange.NodeDispatched dispatched = start.changes().stream()
                .filter(change -> change instanceof RunChange.NodeDispatched)
                .map(RunChange.NodeDispatched.class::cast)
                .findFirst()
                .orElseThrow();
        assertThat(dispatched.tasks())
                .extracting(task -> task.failure().code())
                .containsExactly(TaskErrorCode.CANCELLED, TaskErrorCode.INVALID_EXPRESSION);
        assertThat(start.next().status()).isEqualTo(RunStatus.FAILED);
    }

    @Test
    void shouldCompleteWithNullForWhatFailedWhereThatIsOverlooked() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","for_each":[{"v":1},{},{"v":3}],"inputs":"${item.v}",
                           "on_element_failure":"continue"}],
                 "output":"${nodes.a.output}"}""");

        Transition half = decide(start.next(), failure(1, 1, TaskErrorCode.TRAP));
        Transition end = decide(half.next(), new RunEvent.TaskCompleted(3, 1, "third"));

        assertThat(end.changes())
                .containsExactly(
                        new RunChange.RunEnded(RunStatus.COMPLETED, Json.parse("[null,null,\"third\"]"), null));
    }

    @Test
    void shouldFailARunWhoseTimeIsUpWhenItsTasksHaveStopped() {
        Transition start = start("""
                {"timeout":"90s","nodes":[{"key":"a","agent":"x","retry":{"max_attempts":2,"backoff":"1h"}},
                  {"key":"b","agent":"x"},{"key":"c","agent":"x","depends_on":["a"]}]}""");
        Instant deadline = NOW.plusSeconds(90);
        assertThat(start.changes()).contains(new RunChange.Awaited(deadline, new RunEvent.TimeoutDue()));
        assertThat(decide(start.next(), new RunEvent.TimeoutDue()).changes()).isEmpty();
        Transition waiting = decide(start.next(), failure(1, 1, TaskErrorCode.TRAP));

        Transition up =
                decider.decide(waiting.next(), List.of(new RunEvent.TimeoutDue()), deadline, ids::incrementAndGet);

        assertThat(up.changes()).startsWith(new RunChange.StopAnnounced(Stop.TIMED_OUT));
        assertThat(up.next().node("a").status()).isEqualTo(NodeProgress.Status.CANCELLED);
        assertThat(up.next().node("c").status()).isEqualTo(NodeProgress.Status.CANCELLED);
        assertThat(up.next().status()).isEqualTo(RunStatus.RUNNING);
        Transition end = decide(up.next(), failure(2, 1, TaskErrorCode.CANCELLED));
        assertThat(end.next().status()).isEqualTo(RunStatus.FAILED);
        assertThat(error(end))
                .isEqualTo(new TaskFailure(TaskErrorCode.TIMEOUT, "the run took longer than its timeout of 90s"));
    }

    @Test
    void shouldNoticeThatTimeIsUpWhenARunIsRead() {
        RunState running = start("{\"timeout\":\"1s\",\"nodes\":[{\"key\":\"a\",\"agent\":\"x\"}]}")
                .next();

        Transition resumed =
                decider.decide(running, List.of(new RunEvent.Resumed()), NOW.plusSeconds(1), ids::incrementAndGet);

        assertThat(resumed.changes()).contains(new RunChange.StopAnnounced(Stop.TIMED_OUT));
    }

    @Test
    void shouldTakeAWorkersWordThatARunIsBeingCancelled() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x"},{"key":"b","agent":"x"},{"key":"c","agent":"x","depends_on":["a"]}]}""");

        Transition stopped = decide(start.next(), failure(1, 1, TaskErrorCode.CANCELLED));

        assertThat(stopped.next().stop()).isEqualTo(Stop.CANCELLED);
        assertThat(stopped.next().node("c").status()).isEqualTo(NodeProgress.Status.CANCELLED);
        assertThat(decide(stopped.next(), new RunEvent.TaskCompleted(2, 1, null))
                        .next()
                        .status())
                .isEqualTo(RunStatus.CANCELLED);
    }

    @Test
    void shouldRunAnElementOfASubWorkflowAgainAsAnotherAttempt() {
        Transition start = start("""
                {"nodes":[{"key":"a","workflow":"w","for_each":[1,2],"inputs":{"v":"${item}"},
                           "retry":{"max_attempts":2,"backoff":"1s"}}]}""");
        Transition failed = decide(start.next(), failure(1, 1, TaskErrorCode.CHILD_CANCELLED));
        Instant at = ((RunChange.RetryScheduled) failed.changes().getFirst()).at();

        Transition again = decider.decide(failed.next(), List.of(new RunEvent.RetryDue(1)), at, ids::incrementAndGet);

        assertThat(again.changes()).containsExactly(new RunChange.TaskRedispatched("a", 1, 2, Reason.WAITED));
    }

    @Test
    void shouldRefuseSubWorkflowsThatAreTooDeepOrGetNoObject() {
        String json = """
                {"nodes":[{"key":"a","workflow":"w","inputs":[1]},{"key":"b","workflow":"w"}]}""";
        Transition start = start(json);
        assertThat(start.next().node("a").failure().message()).contains("must be an object");
        assertThat(start.next().node("b").status()).isEqualTo(NodeProgress.Status.DISPATCHED);

        RunState pending = RunState.pending("r", Definitions.of(json), Map.of(), Map.of());
        RunState deep = new RunState(
                "r",
                pending.definition(),
                Map.of(),
                0,
                RunStatus.PENDING,
                Stop.NONE,
                new RunFacts(8, null, 0, null),
                Map.of(),
                pending.nodes());
        Transition refused = decide(deep, new RunEvent.Start());
        assertThat(refused.next().node("b").failure().code()).isEqualTo(TaskErrorCode.TOO_DEEP);
        assertThat(refused.next().status()).isEqualTo(RunStatus.FAILED);
    }

    @Test
    void shouldRunOverTenThousandElementsAndNoMore() {
        String definition =
                "{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"for_each\":\"${inputs.list}\",\"inputs\":\"${item.n}\"}]}";
        List<Map<String, Long>> list =
                LongStream.range(0, 10_000).mapToObj(n -> Map.of("n", n)).toList();
        Transition start = start(definition, Map.of("list", list));

        NodeProgress node = start.next().node("a");
        assertThat(node.tasks()).hasSize(10_000);
        RunState state = start.next();
        List<RunEvent> all = node.tasks().stream()
                .<RunEvent>map(task -> new RunEvent.TaskCompleted(task.id(), 1, task.index()))
                .toList();
        Transition end = decider.decide(state, all, NOW, ids::incrementAndGet);
        assertThat(end.next().status()).isEqualTo(RunStatus.COMPLETED);
        assertThat((List<?>) end.next().node("a").output())
                .hasSize(10_000)
                .element(9_999)
                .isEqualTo(9_999);

        List<Long> longer = LongStream.range(0, 10_001).boxed().toList();
        assertThat(start(definition, Map.of("list", longer))
                        .next()
                        .node("a")
                        .failure()
                        .message())
                .contains("10001", "10000 are allowed");
    }

    @Test
    void shouldGiveAFreshNumberOfAttemptsToARetriedRun() {
        RunState running = start(
                        "{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"retry\":{\"max_attempts\":2,\"backoff\":\"1s\"}}]}")
                .next();
        StoredRun.StoredTask reopened =
                new StoredRun.StoredTask(1, null, TaskStatus.PENDING, 3, 0, 2, null, null, null, NOW);
        RunState restored = new StoredRun(
                        "r",
                        7,
                        RunStatus.RUNNING,
                        Stop.NONE,
                        new RunFacts(0, null, 1, NOW),
                        Map.of(),
                        Map.of(),
                        List.of(new StoredRun.StoredNode("a", NodeProgress.Status.DISPATCHED, null)),
                        Map.of("a", List.of(reopened)))
                .restore(running.definition());

        Transition dispatched = decide(restored, new RunEvent.RetryDue(1));
        assertThat(dispatched.changes()).containsExactly(new RunChange.TaskRedispatched("a", 1, 3, Reason.WAITED));
        Transition failed = decide(dispatched.next(), failure(1, 3, TaskErrorCode.TRAP));
        assertThat(failed.changes()).singleElement().isInstanceOf(RunChange.RetryScheduled.class);
    }

    private Transition start(String json) {
        return start(json, Map.of());
    }

    private Transition start(String json, Object inputs) {
        return decide(RunState.pending("r", Definitions.of(json), inputs, Map.of()), new RunEvent.Start());
    }

    private Transition decide(RunState state, RunEvent event) {
        return decider.decide(state, List.of(event), NOW, ids::incrementAndGet);
    }

    private static RunEvent failure(long taskId, int attempt, TaskErrorCode code) {
        return new RunEvent.TaskFailed(taskId, attempt, new TaskFailure(code, "boom"));
    }

    private static TaskFailure error(Transition transition) {
        return ((RunChange.RunEnded) transition.changes().getLast()).error().failure();
    }
}
