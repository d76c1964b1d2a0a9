package dev.netbase.scheduler.run.domain;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.file.TaskFile;
import dev.netbase.model.json.Json;
import dev.netbase.model.run.RunStatus;
import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.scheduler.run.domain.RunChange.TaskRedispatched.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class DeciderTest {
    private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
    private final Decider decider = new Decider(value -> value, new Decider.Limits(5, 8, 10_000, 2));
    private final AtomicLong ids = new AtomicLong();

    @Test
    void shouldDispatchAllNodesWithoutDependenciesAtOnce() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x"},{"key":"b","agent":"x"},{"key":"c","agent":"x","depends_on":["a"]}]}""");

        assertThat(start.changes())
                .filteredOn(change -> change instanceof RunChange.NodeDispatched)
                .extracting(change -> ((RunChange.NodeDispatched) change).node())
                .containsExactly("a", "b");
        assertThat(start.next().status()).isEqualTo(RunStatus.RUNNING);
    }

    @Test
    void shouldFanOutOverAListAndJoinItsOutputsInOrder() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x"},
                  {"key":"b","agent":"x","depends_on":["a"],"for_each":"${nodes.a.output}",
                   "inputs":{"v":"${item}","i":"${index}"}},
                  {"key":"c","agent":"x","depends_on":["b"],"inputs":"${nodes.b.output}"}],
                 "output":"${nodes.c.output}"}""");
        Transition fan = decide(start.next(), new RunEvent.TaskCompleted(1, 1, List.of("p", "q")));

        assertThat(Json.write(inputs(fan, "b"))).isEqualTo("[{\"v\":\"p\",\"i\":0},{\"v\":\"q\",\"i\":1}]");

        Transition half = decide(fan.next(), new RunEvent.TaskCompleted(3, 1, "second"));
        assertThat(half.changes()).isEmpty();
        assertThat(half.mustBeWritten()).isFalse();

        Transition join = decide(half.next(), new RunEvent.TaskCompleted(2, 1, "first"));
        assertThat(Json.write(inputs(join, "c"))).isEqualTo("[[\"first\",\"second\"]]");

        Transition end = decide(join.next(), new RunEvent.TaskCompleted(4, 1, 42L));
        assertThat(end.changes()).containsExactly(new RunChange.RunEnded(RunStatus.COMPLETED, 42L, null));
    }

    @Test
    void shouldCompleteAForEachOverNothing() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","for_each":[]},
                  {"key":"b","agent":"x","depends_on":["a"],"inputs":"${nodes.a.output}"}]}""");

        assertThat(Json.write(inputs(start, "b"))).isEqualTo("[[]]");
    }

    @Test
    void shouldRefuseAFanOutThatGivesTheRunTooManyTasks() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","for_each":[1,2,3,4,5]},{"key":"b","agent":"x","for_each":[1,2,3]},
                  {"key":"c","agent":"x","for_each":[1]}]}""");

        assertThat(start.next().node("a").tasks()).hasSize(5);
        assertThat(start.next().node("b").tasks()).hasSize(3);
        assertThat(start.next().node("c").failure())
                .isEqualTo(new TaskFailure(
                        TaskErrorCode.INVALID_EXPRESSION,
                        "node 'c': for_each has 1 elements, and the run 8 tasks already; 8 are allowed in all"));
    }

    @Test
    void shouldRefuseInputsThatTakeTooMuchMemoryTogether() {
        String large = "x".repeat(2_400);
        String definition = """
                {"nodes":[{"key":"a","agent":"x","for_each":[%s],"inputs":"%s"}]}""";

        assertThat(start(definition.formatted("1,2,3,4", large))
                        .next()
                        .node("a")
                        .tasks())
                .hasSize(4);
        assertThat(start(definition.formatted("1,2,3,4,5", large))
                        .next()
                        .node("a")
                        .failure()
                        .message())
                .startsWith(
                        "node 'a': the inputs of its elements take over 10000 bytes of memory together, up to the element 4");
    }

    @Test
    void shouldCountTheMemoryOfWhatItHolds() {
        Transition start = start("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"for_each\":[1,2]}]}");
        long before = start.next().bytes();

        Transition one = decide(start.next(), new RunEvent.TaskCompleted(1, 1, "x".repeat(5_000)));
        Transition two = decide(one.next(), new RunEvent.TaskCompleted(2, 1, List.of(Map.of("k", "v"), 1, 2)));

        assertThat(one.next().bytes() - before).isBetween(5_000L, 5_100L);
        assertThat(two.next().bytes() - one.next().bytes()).isBetween(200L, 400L);
    }

    @Test
    void shouldSkipWithoutSpreading() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","when":"${inputs.go}"},
                  {"key":"b","agent":"x","depends_on":["a"],"inputs":{"a":"${nodes.a.output}"}}]}""");

        assertThat(start.next().node("a").status()).isEqualTo(NodeProgress.Status.SKIPPED);
        assertThat(Json.write(inputs(start, "b"))).isEqualTo("[{\"a\":null}]");
    }

    @Test
    void shouldCancelOnlyWhatIsDownstreamOfAFailure() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x"},{"key":"b","agent":"x"},
                  {"key":"c","agent":"x","depends_on":["a"]},{"key":"d","agent":"x","depends_on":["c","b"]},
                  {"key":"e","agent":"x","depends_on":["b"]}]}""");
        Transition failed = decide(start.next(), failure(1, TaskErrorCode.TRAP));

        assertThat(failed.next().node("c").status()).isEqualTo(NodeProgress.Status.CANCELLED);
        assertThat(failed.next().node("d").status()).isEqualTo(NodeProgress.Status.CANCELLED);
        assertThat(failed.next().node("c").failure().code()).isEqualTo(TaskErrorCode.UPSTREAM_FAILED);
        assertThat(failed.next().status()).isEqualTo(RunStatus.RUNNING);

        Transition on = decide(failed.next(), new RunEvent.TaskCompleted(2, 1, null));
        long e = dispatched(on, "e").tasks().getFirst().id();
        Transition end = decide(on.next(), new RunEvent.TaskCompleted(e, 1, null));

        assertThat(end.next().status()).isEqualTo(RunStatus.FAILED);
        assertThat(end.changes())
                .contains(new RunChange.RunEnded(
                        RunStatus.FAILED,
                        null,
                        new RunChange.RunError(new TaskFailure(TaskErrorCode.TRAP, "boom"), "a")));
    }

    @Test
    void shouldIgnoreWhatIsLateOrRepeatedOrOfAnEarlierAttempt() {
        Transition start = start("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\"},{\"key\":\"b\",\"agent\":\"x\"}]}");
        Transition lost = decide(start.next(), new RunEvent.TaskLost(1, 1, RunEvent.Suspicion.SHARED));
        assertThat(lost.changes()).containsExactly(new RunChange.TaskRedispatched("a", 1, 1, Reason.LOST));

        for (RunEvent event : List.of(
                new RunEvent.TaskCompleted(1, 1, "late"),
                new RunEvent.TaskLost(1, 1, RunEvent.Suspicion.SHARED),
                new RunEvent.TaskCompleted(99, 1, "unknown"),
                new RunEvent.RetryDue(1),
                new RunEvent.Start())) {
            Transition nothing = decide(lost.next(), event);
            assertThat(nothing.changes()).isEmpty();
            assertThat(nothing.next()).isEqualTo(lost.next());
        }
    }

    @Test
    void shouldGiveUpATaskThatWasAloneWithThreeLostWorkersWhateverItsRetries() {
        Transition at = start("""
                {"nodes":[{"key":"a","agent":"x","retry":{"max_attempts":100}}]}""");
        List<RunEvent.Suspicion> losses = List.of(
                RunEvent.Suspicion.SHARED,
                RunEvent.Suspicion.ALONE,
                RunEvent.Suspicion.NONE,
                RunEvent.Suspicion.ALONE,
                RunEvent.Suspicion.SHARED);
        for (int i = 0; i < losses.size(); i++) {
            at = decide(at.next(), new RunEvent.TaskLost(1, i + 1, losses.get(i)));
            assertThat(at.changes())
                    .containsExactly(new RunChange.TaskRedispatched("a", 1, i + 1, Reason.of(losses.get(i))));
        }

        Transition end = decide(at.next(), new RunEvent.TaskLost(1, 6, RunEvent.Suspicion.ALONE));

        TaskFailure failure = ((RunChange.TaskGivenUp) end.changes().getFirst()).failure();
        assertThat(failure.code()).isEqualTo(TaskErrorCode.WORKER_LOST);
        assertThat(end.changes())
                .containsExactly(
                        new RunChange.TaskGivenUp(1, 6, failure),
                        new RunChange.RunEnded(RunStatus.FAILED, null, new RunChange.RunError(failure, "a")));
    }

    @Test
    void shouldNeverGiveUpATaskThatSharedItsLostWorkers() {
        Transition at = start("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\"}]}");
        for (int attempt = 1; attempt < 50; attempt++) {
            at = decide(at.next(), new RunEvent.TaskLost(1, attempt, RunEvent.Suspicion.SHARED));
        }

        Transition end = decide(at.next(), new RunEvent.TaskCompleted(1, 50, "done"));

        assertThat(end.next().status()).isEqualTo(RunStatus.COMPLETED);
    }

    @Test
    void shouldShowWhatNodesLeftToExpressionsAndFiles() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x"},
                          {"key":"b","agent":"x","for_each":[1,2],"depends_on":["a"]},
                          {"key":"c","agent":"x","depends_on":["b"],"inputs":"${nodes.b.artifacts}",
                           "files":[{"path":"in/${nodes.a.artifacts[0].path}",
                                     "from":"artifact:${nodes.a.artifacts[0].sha256}"}]}]}""");
        Object left = List.of(Map.of("path", "r.txt", "sha256", "a".repeat(64), "size_bytes", 5L));
        Transition each = decide(start.next(), new RunEvent.TaskCompleted(1, 1, null, left));
        Transition half = decide(each.next(), new RunEvent.TaskCompleted(3, 1, null, left));
        Transition last = decide(half.next(), new RunEvent.TaskCompleted(2, 1, null));

        RunChange.NewTask task =
                ((RunChange.NodeDispatched) last.changes().getFirst()).tasks().getFirst();
        assertThat(task.inputs()).isEqualTo(List.of(List.of(), left));
        assertThat(task.files()).containsExactly(new TaskFile("in/r.txt", "artifact:" + "a".repeat(64)));
    }

    @Test
    void shouldFailATaskWhoseFilesCannotBe() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","for_each":["/etc", "ok", "ok2"],
                           "files":[{"path":"${item}","from":"artifact:%s"},{"path":"ok2","from":"artifact:%s"}]}]}""".formatted("a".repeat(64), "b".repeat(64)));

        assertThat(((RunChange.NodeDispatched) start.changes().get(1)).tasks())
                .extracting(
                        task -> task.failure() == null ? "runs" : task.failure().message())
                .containsExactly(
                        "node 'a': files[0].path must be relative, without a leading '/'",
                        "runs",
                        "node 'a': files: 'ok2' is given twice");
    }

    @Test
    void shouldRetryAfterTheBackoffAndNotCountLosses() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","retry":{"max_attempts":2,"backoff":"10s"}}]}""");
        Transition lost = decide(start.next(), new RunEvent.TaskLost(1, 1, RunEvent.Suspicion.SHARED));
        Transition failed =
                decide(lost.next(), new RunEvent.TaskFailed(1, 2, new TaskFailure(TaskErrorCode.TRAP, "boom")));
        Instant at = ((RunChange.RetryScheduled) failed.changes().getFirst()).at();

        assertThat(at).isBetween(NOW.plusMillis(7_500), NOW.plusSeconds(10));
        assertThat(decide(failed.next(), new RunEvent.RetryDue(1)).changes()).isEmpty();

        Transition retried = decider.decide(failed.next(), List.of(new RunEvent.RetryDue(1)), at, ids::incrementAndGet);
        assertThat(retried.changes()).containsExactly(new RunChange.TaskRedispatched("a", 1, 3, Reason.WAITED));

        Transition end =
                decide(retried.next(), new RunEvent.TaskFailed(1, 3, new TaskFailure(TaskErrorCode.TRAP, "again")));
        assertThat(end.next().status()).isEqualTo(RunStatus.FAILED);
    }

    @Test
    void shouldFailANodeWhoseExpressionFails() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","inputs":"${inputs.nothing}"},
                  {"key":"b","agent":"x","for_each":"${inputs.go}"},
                  {"key":"c","agent":"x","for_each":[1,2,3,4,5,6]}]}""");

        assertThat(start.next().status()).isEqualTo(RunStatus.FAILED);
        assertThat(start.next().nodes().values()).allSatisfy(node -> {
            assertThat(node.status()).isEqualTo(NodeProgress.Status.FAILED);
            assertThat(node.failure().code()).isEqualTo(TaskErrorCode.INVALID_EXPRESSION);
        });
    }

    @Test
    void shouldReachIntoNestedElementsAndNodesWithHyphens() {
        Transition start = start("""
                {"nodes":[{"key":"a-b","agent":"x"},
                  {"key":"c","agent":"x","depends_on":["a-b"],"for_each":"${nodes[\\"a-b\\"].output.pages[1].rows}",
                   "inputs":{"at":"row ${index}: ${item.cells[0].text}","all":"${item}","literal":"$${item}"}}]}""");
        Transition fan = decide(
                start.next(),
                new RunEvent.TaskCompleted(
                        1,
                        1,
                        Json.parse(
                                "{\"pages\":[null,{\"rows\":[{\"cells\":[{\"text\":7}]},{\"cells\":[{\"text\":[1]}]}]}]}")));

        assertThat(Json.write(inputs(fan, "c")))
                .isEqualTo("[{\"at\":\"row 0: 7\",\"all\":{\"cells\":[{\"text\":7}]},\"literal\":\"${item}\"},"
                        + "{\"at\":\"row 1: [1]\",\"all\":{\"cells\":[{\"text\":[1]}]},\"literal\":\"${item}\"}]");
    }

    /** Each with a budget of its own: what one node takes is not another's. */
    @Test
    void shouldFailOnlyTheNodeWhoseExpressionsTakeTooMuchMemory() {
        String long24 = "'" + "x".repeat(1_000) + "'.replace('x', '" + "y".repeat(2_000) + "').replace('y', '"
                + "z".repeat(12) + "')";
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x","when":"${%1$s == ''}"},
                  {"key":"b","agent":"x","when":"${%1$s == ''}"},
                  {"key":"c","agent":"x","inputs":["${%1$s}"]},
                  {"key":"d","agent":"x","inputs":"fine"}]}""".formatted(long24));

        assertThat(start.next().node("a").status()).isEqualTo(NodeProgress.Status.SKIPPED);
        assertThat(start.next().node("b").status()).isEqualTo(NodeProgress.Status.SKIPPED);
        assertThat(start.next().node("c").failure().message())
                .contains("node 'c': it looks into, makes and gives more than 64 MiB");
        assertThat(Json.write(inputs(start, "d"))).isEqualTo("[\"fine\"]");
    }

    @Test
    void shouldFailANodeWhoseConditionIsNeitherTrueNorFalse() {
        Transition start = start("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"when\":\"${inputs}\"}]}");

        assertThat(start.next().node("a").failure())
                .isEqualTo(new TaskFailure(TaskErrorCode.INVALID_EXPRESSION, "node 'a': when must give true or false"));
    }

    @Test
    void shouldEndCancelledOnlyWhenEveryTaskHasEnded() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x"},{"key":"b","agent":"x","depends_on":["a"]}]}""");
        Transition cancelled = decide(stopped(start.next()), new RunEvent.Resumed());

        assertThat(cancelled.changes()).contains(new RunChange.StopAnnounced(Stop.CANCELLED));
        assertThat(cancelled.next().node("b").status()).isEqualTo(NodeProgress.Status.CANCELLED);
        assertThat(cancelled.next().status()).isEqualTo(RunStatus.RUNNING);

        Transition end = decide(cancelled.next(), failure(1, TaskErrorCode.CANCELLED));
        assertThat(end.next().status()).isEqualTo(RunStatus.CANCELLED);
    }

    @Test
    void shouldGiveDefaultInputsUnderANodesOwn() {
        String json = """
                {"nodes":[{"key":"a","agent":"x"},{"key":"b","agent":"x","inputs":{"own":1}},
                          {"key":"c","agent":"x","inputs":[1]}]}""";
        NodePlan plan = new NodePlan.Agent(7, Map.of("own", 0L, "base", 2L));
        RunState pending =
                RunState.pending("r", Definitions.of(json), Map.of(), Map.of("a", plan, "b", plan, "c", plan));
        Transition start = decide(pending, new RunEvent.Start());

        assertThat(inputs(start, "a")).isEqualTo(List.of(Map.of("own", 0L, "base", 2L)));
        assertThat(inputs(start, "b")).isEqualTo(List.of(Map.of("own", 1L, "base", 2L)));
        assertThat(inputs(start, "c")).isEqualTo(List.of(List.of(1L)));
    }

    @Test
    void shouldGiveRunInputsAndDependenciesWhereNoInputsAreDefined() {
        Transition start = start("""
                {"nodes":[{"key":"a","agent":"x"},{"key":"b","agent":"x","depends_on":["a"]}]}""");
        Transition next = decide(start.next(), new RunEvent.TaskCompleted(1, 1, "out"));

        assertThat(Json.write(inputs(next, "b")))
                .isEqualTo("[{\"inputs\":{\"go\":false},\"nodes\":{\"a\":{\"output\":\"out\"}}}]");
    }

    /** The run as it is read once somebody has asked for its end. */
    private static RunState stopped(RunState run) {
        return new RunState(
                run.runId(),
                run.definition(),
                run.inputs(),
                run.version(),
                run.status(),
                Stop.CANCELLED,
                run.facts(),
                run.plans(),
                run.nodes());
    }

    private Transition start(String json) {
        return decide(RunState.pending("r", Definitions.of(json), Map.of("go", false), Map.of()), new RunEvent.Start());
    }

    private Transition decide(RunState state, RunEvent event) {
        return decider.decide(state, List.of(event), NOW, ids::incrementAndGet);
    }

    private static RunEvent failure(long taskId, TaskErrorCode code) {
        return new RunEvent.TaskFailed(taskId, 1, new TaskFailure(code, "boom"));
    }

    private static RunChange.NodeDispatched dispatched(Transition transition, String node) {
        return transition.changes().stream()
                .filter(change -> change instanceof RunChange.NodeDispatched dispatched
                        && dispatched.node().equals(node))
                .map(RunChange.NodeDispatched.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static List<Object> inputs(Transition transition, String node) {
        return dispatched(transition, node).tasks().stream()
                .map(RunChange.NewTask::inputs)
                .toList();
    }
}
