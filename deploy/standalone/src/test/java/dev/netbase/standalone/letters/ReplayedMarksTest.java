package dev.netbase.standalone.letters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.standalone.process.StartupException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class ReplayedMarksTest {
    @Test
    void shouldRememberSingleOffsetsAndRangesThroughText() {
        ReplayedMarks marks = ReplayedMarks.none();
        LongStream.of(7, 2, 8, 9, 20).forEach(marks::add);

        assertThat(marks.below()).isZero();
        assertThat(marks.text()).isEqualTo("2,7-9,20");
        ReplayedMarks read = ReplayedMarks.read(marks.below(), marks.text());
        assertThat(LongStream.range(0, 30).filter(read::contains)).containsExactly(2L, 7L, 8L, 9L, 20L);
    }

    @Test
    void shouldForgetSingleOffsetsOnceAllBelowAreReplayed() {
        ReplayedMarks marks = ReplayedMarks.read(3, "5-6");
        marks.add(3);
        assertThat(marks.below()).isEqualTo(4);

        marks.add(4);

        assertThat(marks.below()).isEqualTo(7);
        assertThat(marks.text()).isEmpty();
        assertThat(marks.contains(6)).isTrue();
        assertThat(marks.contains(7)).isFalse();
    }

    @Test
    void shouldForgetWhatHasExpired() {
        ReplayedMarks marks = ReplayedMarks.read(0, "2,10,12");

        marks.expire(10);

        assertThat(marks.below()).isEqualTo(11);
        assertThat(marks.text()).isEqualTo("12");
    }

    @Test
    void shouldRefuseMoreThanABrokerRemembers() {
        ReplayedMarks marks = ReplayedMarks.none();
        LongStream.range(0, 2_000).forEach(n -> marks.add(2 * n + 1));

        assertThatThrownBy(marks::text)
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("replay the oldest ones first");
    }

    @Test
    void shouldSayWhatToDoWithMarksOfSomebodyElse() {
        assertThatThrownBy(() -> ReplayedMarks.read(0, "what is this"))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("netbase-dead-letters");
    }
}
