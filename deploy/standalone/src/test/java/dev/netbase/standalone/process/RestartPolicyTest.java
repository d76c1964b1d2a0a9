package dev.netbase.standalone.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RestartPolicyTest {
    private final RestartPolicy policy = RestartPolicy.STANDARD;

    @Test
    void shouldBringAProcessThatWasReadyBackAtOnce() {
        assertThat(policy.pauseAfter(0)).isEqualTo(Duration.ofMillis(200));
    }

    @Test
    void shouldDoubleThePauseUpToTheMost() {
        assertThat(IntStream.rangeClosed(1, 6).mapToObj(policy::pauseAfter).map(Duration::toMillis))
                .containsExactly(200L, 400L, 800L, 1_500L, 1_500L, 1_500L);
    }

    @Test
    void shouldCallTenEarlyExitsInARowAFailure() {
        assertThat(policy.isFailing(9)).isFalse();
        assertThat(policy.isFailing(10)).isTrue();
        assertThat(policy.pauseAfter(10)).isEqualTo(Duration.ofSeconds(10));
    }
}
