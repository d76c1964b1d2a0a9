package dev.netbase.worker.wasm;

import static dev.netbase.worker.wasm.Sandboxes.INPUT;
import static dev.netbase.worker.wasm.Sandboxes.PATIENCE;
import static dev.netbase.worker.wasm.Sandboxes.task;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.worker.wasm.WasmOutcome.Completed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeterminismTest {
    private static final Instant NOON = Instant.parse("2026-01-31T12:00:00.123456789Z");

    @TempDir
    Path root;

    @Test
    void shouldGiveTheSameOutputAndFuelForTheSameModuleAndInput() throws IOException {
        for (String guest : List.of("deterministic", "deterministic-component")) {
            Completed first = run(guest, new Determinism(NOON, 42));
            Completed second = run(guest, new Determinism(NOON, 42));
            Completed other = run(guest, new Determinism(NOON, 43));

            assertThat(second.output()).as(guest).isEqualTo(first.output());
            assertThat(second.usage().fuelUsed())
                    .as(guest)
                    .isEqualTo(first.usage().fuelUsed());
            assertThat(second.usage().peakMemoryBytes())
                    .as(guest)
                    .isEqualTo(first.usage().peakMemoryBytes());
            assertThat(other.output()).as(guest).isNotEqualTo(first.output());
            ByteBuffer clocks = ByteBuffer.wrap(first.output()).order(ByteOrder.LITTLE_ENDIAN);
            assertThat(instant(clocks.getLong(0))).isEqualTo(NOON);
            assertThat(instant(clocks.getLong(48))).isEqualTo(NOON.plus(Duration.ofHours(1)));
        }
    }

    @Test
    void shouldRefuseAClockThatCannotBeToldInNanoseconds() {
        for (Instant clock : List.of(Instant.EPOCH.minusNanos(1), Instant.parse("2262-01-01T00:00:00Z"))) {
            assertThatThrownBy(() -> new Determinism(clock, 0)).isInstanceOf(IllegalArgumentException.class);
        }
        assertThat(new Determinism(Instant.parse("2261-12-31T23:59:59Z"), 0).clockNanoseconds())
                .isPositive();
    }

    private static Instant instant(long nanoseconds) {
        return Instant.EPOCH.plusNanos(nanoseconds);
    }

    /** In a sandbox of its own each time, as on another worker. */
    private Completed run(String guest, Determinism determinism) throws IOException {
        WasmManager manager = Sandboxes.create(root);
        try {
            WasmTask plain =
                    task(manager.load(Guests.publish(root, guest)).await().atMost(PATIENCE));
            WasmTask fixed = new WasmTask(
                    plain.module(), INPUT, plain.limits(), null, "/workspace", null, List.of(), Map.of(), determinism);
            return (Completed) manager.execute(fixed).await().atMost(PATIENCE);
        } finally {
            manager.close();
        }
    }
}
