package dev.netbase.worker.group.application;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

class TimerThreadTest {
    private final TimerThread timer = new TimerThread("test-timer");

    /** A timer of Vert.x refuses less than a millisecond; what was to be looked after then never was. */
    @Test
    void shouldTakeEveryDelayAndGoOnAfterAFailure() {
        List<String> done = new CopyOnWriteArrayList<>();

        timer.after(Duration.ofMillis(-3), () -> {
            throw new IllegalStateException("meant to fail");
        });
        timer.after(Duration.ofNanos(1), () -> done.add("soon"));
        timer.after(Duration.ZERO, () -> done.add("now"));

        await().untilAsserted(() -> assertThat(done).containsExactlyInAnyOrder("soon", "now"));
    }
}
