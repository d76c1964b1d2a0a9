package dev.netbase.worker.group.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.group.domain.TaskOutcome;
import dev.netbase.worker.group.domain.TaskResult;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Hints on a clock that stands still unless the test moves it. */
class HintedResultsTest {
    private final TasksInHand inHand = new TasksInHand();
    private final List<Long> hinted = new ArrayList<>();
    private final List<List<Long>> looks = new ArrayList<>();
    private final TreeMap<Long, Runnable> timers = new TreeMap<>();
    private boolean isThere = true;
    private long now;
    private final HintedResults hints = new HintedResults(
            this::give,
            inHand,
            new WorkerMetrics(new SimpleMeterRegistry(), inHand),
            (delay, action) -> timers.put(now + delay.toNanos(), action),
            () -> now,
            due -> looks.add(due.stream().map(HintedResultsTest::id).toList()));

    @Test
    void shouldLookSoonAfterAsLongAsNothingIsKnownOfTheScheduler() {
        offer(1);
        pass(4);
        offer(2);
        pass(5);
        assertThat(looks).isEmpty();

        pass(1);
        assertThat(looks).containsExactly(List.of(1L));
        pass(4);
        assertThat(looks).containsExactly(List.of(1L), List.of(2L));
        assertThat(timers).isEmpty();
    }

    @Test
    void shouldLookLaterAndAfterSeveralAtOnceWhileTheSchedulerTakesThem() {
        offer(1);
        pass(10);
        hints.found(Set.of(key(1)));
        for (long id = 2; id < 9; id++) {
            offer(id);
            pass(8);
        }

        pass(4);
        assertThat(looks).containsExactly(List.of(1L), List.of(2L, 3L, 4L, 5L, 6L, 7L, 8L));
    }

    @Test
    void shouldLeaveTimeToTheSchedulerForTheLastOfSeveral() {
        offer(1);
        pass(10);
        hints.found(Set.of(key(1)));
        offer(2);
        pass(55);
        offer(3);
        pass(5);
        assertThat(looks.getLast()).containsExactly(2L);

        pass(55);
        assertThat(looks.getLast()).containsExactly(3L);
    }

    @Test
    void shouldLookSoonAgainWhenTheSchedulerHasLeftOne() {
        offer(1);
        pass(10);
        hints.found(Set.of(key(1)));
        offer(2);
        offer(3);
        pass(60);
        hints.found(Set.of(key(3)));

        offer(4);
        pass(10);
        assertThat(looks).containsExactly(List.of(1L), List.of(2L, 3L), List.of(4L));
    }

    @Test
    void shouldCountAsInHandOnlyWhatIsNotHintedAt() {
        for (long id = 1; id <= 30; id++) {
            offer(id);
        }
        assertThat(hinted).hasSize(30);
        pass(10);
        offer(31);
        assertThat(hinted).as("while those are looked after").hasSize(31);

        for (long id = 100; id < 108; id++) {
            inHand.add(claim(id));
        }
        inHand.add(claim(40));
        assertThat(hints.offer(result(claim(40)))).isFalse();
    }

    @Test
    void shouldHintAtNoMoreThanAreLookedAfter() {
        for (long id = 1; id <= 64; id++) {
            offer(id);
        }

        inHand.add(claim(65));
        assertThat(hints.offer(result(claim(65)))).isFalse();
    }

    @Test
    void shouldWaitForNothingIfTheSchedulerCannotBeTold() {
        isThere = false;
        inHand.add(claim(1));

        assertThat(hints.offer(result(claim(1)))).isFalse();
        pass(100);
        assertThat(looks).isEmpty();
    }

    private void offer(long id) {
        inHand.add(claim(id));
        assertThat(hints.offer(result(claim(id)))).isTrue();
    }

    private void pass(long millis) {
        long end = now + Duration.ofMillis(millis).toNanos();
        while (!timers.isEmpty() && timers.firstKey() <= end) {
            now = timers.firstKey();
            timers.pollFirstEntry().getValue().run();
        }
        now = end;
    }

    private static TaskKey key(long id) {
        return new TaskKey("run", id, 1);
    }

    private static long id(TaskResult result) {
        return result.claim().key().taskInstanceId();
    }

    private static Claim claim(long id) {
        return Claim.hint(key(id), "group", "channel", false, 1, 1_000, "{}", new Lease("worker", 1));
    }

    private static TaskResult result(Claim claim) {
        return TaskResult.completed(
                claim,
                "{}",
                null,
                new TaskOutcome.Completed(new byte[0], new byte[0], TaskOutcome.Usage.NONE),
                TaskResult.Accounts.NONE);
    }

    private boolean give(TaskResult completed) {
        hinted.add(id(completed));
        return isThere;
    }
}
