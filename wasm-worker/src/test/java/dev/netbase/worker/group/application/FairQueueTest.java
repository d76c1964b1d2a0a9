package dev.netbase.worker.group.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.worker.group.application.FairQueue.Bounds;
import dev.netbase.worker.group.application.FairQueue.Need;
import dev.netbase.worker.group.application.FairQueue.Turn;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FairQueueTest {
    private final List<String> started = new ArrayList<>();
    private final Map<String, Turn> turns = new HashMap<>();

    @Test
    void shouldStartSoManyAndTheOthersInOrder() {
        FairQueue queue = queue(2);
        List.of("a", "b", "c", "d").forEach(name -> enqueue(queue, name, 1, "run"));
        assertThat(started).containsExactly("a", "b");

        turns.get("a").release();
        turns.get("a").release();
        assertThat(started).containsExactly("a", "b", "c");

        turns.get("b").release();
        assertThat(started).containsExactly("a", "b", "c", "d");
        assertThat(queue.free()).isZero();
    }

    @Test
    void shouldLetRunsTakeTurnsSoThatALargeOneStarvesNoSmallOne() {
        FairQueue queue = queue(1);
        for (int i = 0; i < 10_000; i++) {
            enqueue(queue, "large-" + i, 1, "large");
        }
        enqueue(queue, "small", 1, "small");

        turns.get("large-0").release();
        turns.get("large-1").release();

        assertThat(started).containsExactly("large-0", "large-1", "small");
    }

    @Test
    void shouldLetOwnersTakeTurnsHoweverManyRunsOneHas() {
        FairQueue queue = queue(1);
        for (int i = 0; i < 100; i++) {
            enqueue(queue, "greedy-" + i, 1, "run-" + i);
        }
        enqueue(queue, "modest-0", 2, "m");
        enqueue(queue, "modest-1", 2, "m");

        for (int i = 0; i < 5; i++) {
            turns.get(started.getLast()).release();
        }

        assertThat(started).containsExactly("greedy-0", "greedy-1", "modest-0", "greedy-2", "modest-1", "greedy-3");
    }

    @Test
    void shouldPassOverWhoHasWithdrawn() {
        FairQueue queue = queue(1);
        List.of("first", "second", "third").forEach(name -> enqueue(queue, name, 1, name));

        assertThat(turns.get("first").withdraw()).isFalse();
        assertThat(turns.get("second").withdraw()).isTrue();
        assertThat(turns.get("second").withdraw()).isFalse();
        turns.get("first").release();

        assertThat(started).containsExactly("first", "third");
        assertThat(queue.waiting()).isZero();
    }

    @Test
    void shouldHoldMemoryAndInputsWithinTheirBounds() {
        FairQueue queue = new FairQueue(new Bounds(10, 100, 50));
        enqueue(queue, "a", new Need(1, "r", 60, 30, false));
        enqueue(queue, "b", new Need(1, "r", 60, 1, false));
        enqueue(queue, "c", new Need(1, "r", 1, 1, false));
        assertThat(started).containsExactly("a");

        turns.get("a").release();
        assertThat(started).containsExactly("a", "b", "c");

        enqueue(queue, "d", new Need(1, "r", 1, 49, false));
        assertThat(started).doesNotContain("d");
        turns.get("b").release();
        assertThat(started).contains("d");
        assertThat(queue.inputBytes()).isEqualTo(50);
    }

    @Test
    void shouldGiveBackWhatAnInputDoesNotNeed() {
        FairQueue queue = new FairQueue(new Bounds(10, 100, 50));
        enqueue(queue, "a", new Need(1, "r", 1, 50, false));
        enqueue(queue, "b", new Need(1, "r", 1, 40, false));

        turns.get("a").inputIs(10);

        assertThat(started).containsExactly("a", "b");
        turns.get("a").release();
        turns.get("b").release();
        assertThat(queue.inputBytes()).isZero();
        assertThat(queue.memoryBytes()).isZero();
    }

    @Test
    void shouldRunWhatIsOverABoundByItself() {
        FairQueue queue = new FairQueue(new Bounds(10, 100, 50));
        enqueue(queue, "a", new Need(1, "r", 1, 1, false));
        enqueue(queue, "huge", new Need(1, "r", 1_000, 1, false));
        enqueue(queue, "b", new Need(1, "r", 1, 1, false));
        assertThat(started).containsExactly("a");

        turns.get("a").release();
        assertThat(started).containsExactly("a", "huge");

        turns.get("huge").release();
        assertThat(started).containsExactly("a", "huge", "b");
    }

    @Test
    void shouldRunASuspectWithNothingElseAndLetOthersInBetween() {
        FairQueue queue = queue(2);
        enqueue(queue, "a", 1, "r");
        enqueue(queue, "suspect-1", new Need(1, "s", 1, 1, true));
        enqueue(queue, "suspect-2", new Need(1, "s", 1, 1, true));
        List.of("b", "c", "d").forEach(name -> enqueue(queue, name, 1, "r"));
        assertThat(started).containsExactly("a");

        turns.get("a").release();
        assertThat(started).containsExactly("a", "suspect-1");
        assertThat(queue.free()).isZero();

        turns.get("suspect-1").release();
        assertThat(started).containsExactly("a", "suspect-1", "b", "c");

        turns.get("b").release();
        assertThat(started).hasSize(4);
        turns.get("c").release();
        assertThat(started).containsExactly("a", "suspect-1", "b", "c", "suspect-2");

        turns.get("suspect-2").release();
        assertThat(started).endsWith("suspect-2", "d");
    }

    @Test
    void shouldGiveEveryTaskItsTurnWhateverHappens() {
        Random random = new Random(7);
        for (int round = 0; round < 200; round++) {
            started.clear();
            turns.clear();
            FairQueue queue = new FairQueue(new Bounds(1 + random.nextInt(4), 100, 100));
            int all = random.nextInt(60);
            int withdrawn = 0;
            int released = 0;
            for (int i = 0; i < all || released < started.size(); i++) {
                if (i < all) {
                    enqueue(
                            queue,
                            "t" + i,
                            new Need(
                                    random.nextInt(3),
                                    "r" + random.nextInt(4),
                                    random.nextInt(150),
                                    random.nextInt(150),
                                    random.nextInt(10) == 0));
                    withdrawn += random.nextInt(10) == 0 && turns.get("t" + i).withdraw() ? 1 : 0;
                }
                if (released < started.size() && random.nextBoolean()) {
                    turns.get(started.get(released++)).release();
                }
            }

            assertThat(started).as("round %d", round).doesNotHaveDuplicates().hasSize(all - withdrawn);
            assertThat(queue.running() + queue.waiting()).isZero();
            assertThat(queue.memoryBytes() + queue.inputBytes()).isZero();
        }
    }

    @Test
    void shouldRefuseBoundsThatLetNothingRun() {
        assertThatThrownBy(() -> new Bounds(0, 1, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Bounds(1, 1, 0)).isInstanceOf(IllegalArgumentException.class);
    }

    private static FairQueue queue(int tasks) {
        return new FairQueue(new Bounds(tasks, Long.MAX_VALUE / 2, Long.MAX_VALUE / 2));
    }

    private void enqueue(FairQueue queue, String name, long owner, String run) {
        enqueue(queue, name, new Need(owner, run, 1, 1, false));
    }

    private void enqueue(FairQueue queue, String name, Need need) {
        turns.put(name, queue.enqueue(need, () -> started.add(name)));
    }
}
