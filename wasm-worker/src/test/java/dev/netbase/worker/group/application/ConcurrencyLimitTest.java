package dev.netbase.worker.group.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConcurrencyLimitTest {
    private final List<String> started = new ArrayList<>();

    @Test
    void shouldStartSoManyAndTheOthersInOrder() {
        ConcurrencyLimit limit = new ConcurrencyLimit(2);
        List.of("a", "b", "c", "d").forEach(name -> limit.enqueue(() -> started.add(name)));

        assertThat(started).containsExactly("a", "b");

        limit.release();
        assertThat(started).containsExactly("a", "b", "c");

        limit.release();
        assertThat(started).containsExactly("a", "b", "c", "d");
    }

    @Test
    void shouldPassOverWhoHasWithdrawn() {
        ConcurrencyLimit limit = new ConcurrencyLimit(1);
        ConcurrencyLimit.Turn first = limit.enqueue(() -> started.add("first"));
        ConcurrencyLimit.Turn second = limit.enqueue(() -> started.add("second"));
        limit.enqueue(() -> started.add("third"));

        assertThat(first.withdraw()).isFalse();
        assertThat(second.withdraw()).isTrue();
        assertThat(second.withdraw()).isFalse();

        limit.release();
        assertThat(started).containsExactly("first", "third");
    }

    @Test
    void shouldKeepFreePlacesForLater() {
        ConcurrencyLimit limit = new ConcurrencyLimit(1);
        limit.enqueue(() -> started.add("first"));
        limit.release();

        limit.enqueue(() -> started.add("second"));

        assertThat(started).containsExactly("first", "second");
    }

    @Test
    void shouldRefuseALimitThatLetsNothingRun() {
        assertThatThrownBy(() -> new ConcurrencyLimit(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
