package dev.netbase.worker.group.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.task.TaskErrorCode;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ResultWriterTest {
    private final TasksInHand inHand = new TasksInHand();
    private final WorkerMetrics metrics = new WorkerMetrics(new SimpleMeterRegistry(), inHand);
    private final List<TaskResult> events = new CopyOnWriteArrayList<>();
    private final List<Long> hints = new CopyOnWriteArrayList<>();
    private final FakeStore store = new FakeStore();
    private Consumer<TaskKey> hintTaker = key -> {};
    private final ResultWriter writer = new ResultWriter(store, events::addAll, this::take, inHand, metrics);

    @Test
    void shouldWriteAtOnceWhenIdleAndGatherWhileBusy() {
        CompletableFuture<Void> first = store.holdNext();
        add(1);
        add(2);
        add(3);
        assertThat(store.batches).containsExactly(List.of(1L));

        first.complete(null);

        assertThat(store.batches).containsExactly(List.of(1L), List.of(2L, 3L));
        assertThat(inHand.count()).isZero();
    }

    @Test
    void shouldWriteNoMoreThanAThousandAtATime() {
        CompletableFuture<Void> first = store.holdNext();
        for (long id = 0; id <= 1_500; id++) {
            add(id);
        }
        first.complete(null);

        await().untilAsserted(
                        () -> assertThat(store.batches.stream().map(List::size)).containsExactly(1, 1_000, 500));
    }

    @Test
    void shouldGatherResultsThatComeDenselyAndNoneAfterALull() {
        List<Runnable> later = new ArrayList<>();
        AtomicLong nanos = new AtomicLong();
        ResultWriter gathering = new ResultWriter(
                store, events::addAll, this::take, inHand, metrics, (delay, action) -> later.add(action), nanos::get);
        CompletableFuture<Void> first = store.holdNext();
        for (long id = 0; id < 20; id++) {
            add(gathering, claim(id));
        }
        first.complete(null);
        assertThat(store.batches.stream().map(List::size)).containsExactly(1, 19);

        add(gathering, claim(20));
        add(gathering, claim(21));
        assertThat(store.batches).hasSize(2);
        assertThat(later).hasSize(1);
        later.removeFirst().run();
        assertThat(store.batches.getLast()).containsExactly(20L, 21L);

        nanos.addAndGet(Duration.ofMillis(50).toNanos());
        add(gathering, claim(22));
        assertThat(store.batches.getLast()).containsExactly(22L);
        assertThat(later).isEmpty();
        assertThat(inHand.count()).isZero();
    }

    @Test
    void shouldDropAndCountWhatIsFencedOff() {
        store.fenced.add(2L);
        add(1);
        add(2);

        assertThat(eventIds()).containsExactly(1L);
        assertThat(metrics.fencedCount()).isEqualTo(1);
        assertThat(inHand.count()).isZero();
    }

    @Test
    void shouldKeepResultsUntilTheDatabaseIsBack() {
        store.failures.addAll(List.of(new IllegalStateException("away"), new IllegalStateException("still away")));
        add(1);

        assertThat(inHand.count()).isEqualTo(1);
        await().untilAsserted(() -> assertThat(inHand.count()).isZero());
        assertThat(eventIds()).containsExactly(1L);
    }

    @Test
    void shouldSendTheEventsOfAWriteWhoseAnswerWasLost() {
        store.loseNextAnswer = true;
        add(1);

        await().untilAsserted(() -> assertThat(eventIds()).containsExactly(1L));
        assertThat(metrics.fencedCount()).isZero();
    }

    @Test
    void shouldReplaceOnlyTheResultThatTheDatabaseRefuses() {
        store.refused.add(3L);
        CompletableFuture<Void> first = store.holdNext();
        for (long id = 0; id < 6; id++) {
            add(id);
        }
        first.complete(null);

        assertThat(eventIds()).containsExactly(0L, 1L, 2L, 3L, 4L, 5L);
        assertThat(events.stream().filter(result -> result.error() != null))
                .singleElement()
                .satisfies(result -> {
                    assertThat(result.claim().key().taskInstanceId()).isEqualTo(3);
                    assertThat(Objects.requireNonNull(result.error()).code()).isEqualTo(TaskErrorCode.HOST_ERROR);
                });
        assertThat(inHand.count()).isZero();
    }

    @Test
    void shouldNotWriteWhatTheSchedulerHasWrittenForIt() {
        hintTaker = store.stored::add;
        add(hint(1));

        assertThat(hints).containsExactly(1L);
        await().untilAsserted(() -> assertThat(eventIds()).containsExactly(1L));
        assertThat(store.batches).isEmpty();
        assertThat(inHand.count()).isZero();
    }

    @Test
    void shouldWriteWhatTheSchedulerHasNot() {
        add(hint(1));
        assertThat(inHand.count()).as("until it is known to be written").isEqualTo(1);

        await().untilAsserted(() -> assertThat(eventIds()).containsExactly(1L));
        assertThat(hints).as("is asked once").containsExactly(1L);
        assertThat(store.batches).containsExactly(List.of(1L));
    }

    @Test
    void shouldWriteWhatAHintCouldNotBeGivenFor() {
        hintTaker = key -> {
            throw new IllegalStateException("no channel");
        };
        add(hint(1));
        add(2);

        assertThat(store.batches).containsExactly(List.of(1L), List.of(2L));
        assertThat(inHand.count()).isZero();
    }

    @Test
    void shouldTellOfWhatTheSchedulerWritesWhileItsOwnWriteWaits() {
        store.writtenMeanwhile.add(1L);
        add(hint(1));

        await().untilAsserted(() -> assertThat(eventIds()).containsExactly(1L));
        assertThat(store.batches).containsExactly(List.of(1L));
        assertThat(inHand.count()).isZero();
    }

    @Test
    void shouldHintOnlyAtWhatIsWantedAndAlone() {
        add(1);
        CompletableFuture<Void> first = store.holdNext();
        add(2);
        add(hint(3));
        add(hint(4));
        first.complete(null);
        for (long id = 10; id < 18; id++) {
            inHand.add(hint(id));
        }
        add(hint(5));

        assertThat(hints).isEmpty();
        assertThat(store.batches).containsExactly(List.of(1L), List.of(2L), List.of(3L, 4L), List.of(5L));
    }

    private static Claim hint(long id) {
        return Claim.hint(new TaskKey("run", id, 1), "group", "channel", false, 1, 1_000, "{}", new Lease("worker", 1));
    }

    private static Claim claim(long id) {
        return new Claim(new TaskKey("run", id, 1), "group", 1L, null, "{}", new Lease("worker", 1));
    }

    private void add(long id) {
        add(claim(id));
    }

    private void add(Claim claim) {
        add(writer, claim);
    }

    private void add(ResultWriter to, Claim claim) {
        inHand.add(claim);
        to.add(TaskResult.completed(
                claim,
                "{}",
                null,
                new TaskOutcome.Completed(new byte[0], new byte[0], TaskOutcome.Usage.NONE),
                TaskResult.Accounts.NONE));
    }

    private List<Long> eventIds() {
        return events.stream()
                .map(result -> result.claim().key().taskInstanceId())
                .toList();
    }

    private boolean take(TaskResult completed) {
        hints.add(completed.claim().key().taskInstanceId());
        hintTaker.accept(completed.claim().key());
        return true;
    }

    private static final class FakeStore implements ResultStore {
        final List<List<Long>> batches = new ArrayList<>();
        final Set<Long> fenced = new HashSet<>();
        final Set<Long> refused = new HashSet<>();
        /** Whose rows another's transaction holds when a write comes to them, and then ends. */
        final Set<Long> writtenMeanwhile = new HashSet<>();

        final List<RuntimeException> failures = new CopyOnWriteArrayList<>();
        final Set<TaskKey> stored = new HashSet<>();
        boolean loseNextAnswer;
        private CompletableFuture<Void> gate = CompletableFuture.completedFuture(null);

        CompletableFuture<Void> holdNext() {
            gate = new CompletableFuture<>();
            return gate;
        }

        @Override
        public Uni<Set<TaskKey>> write(List<TaskResult> results) {
            batches.add(results.stream()
                    .map(result -> result.claim().key().taskInstanceId())
                    .toList());
            if (!failures.isEmpty()) {
                return Uni.createFrom().failure(failures.removeFirst());
            }
            if (results.stream()
                    .anyMatch(result -> result.error() == null
                            && refused.contains(result.claim().key().taskInstanceId()))) {
                return Uni.createFrom().failure(new UnstorableException(new IllegalArgumentException("refused")));
            }
            results.stream()
                    .map(result -> result.claim().key())
                    .filter(key -> writtenMeanwhile.contains(key.taskInstanceId()))
                    .forEach(stored::add);
            Set<TaskKey> written = results.stream()
                    .map(result -> result.claim().key())
                    .filter(key -> !fenced.contains(key.taskInstanceId()) && stored.add(key))
                    .collect(Collectors.toSet());
            if (loseNextAnswer) {
                loseNextAnswer = false;
                return Uni.createFrom().failure(new IllegalStateException("connection lost"));
            }
            return Uni.createFrom().completionStage(gate).replaceWith(written);
        }

        @Override
        public Uni<Set<TaskKey>> written(List<TaskResult> results) {
            return Uni.createFrom()
                    .item(results.stream()
                            .map(result -> result.claim().key())
                            .filter(stored::contains)
                            .collect(Collectors.toSet()));
        }
    }
}
