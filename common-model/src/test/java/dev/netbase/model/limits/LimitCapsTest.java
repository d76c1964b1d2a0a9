package dev.netbase.model.limits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;

class LimitCapsTest {
    @Test
    void shouldGiveTheContractsDefaults() {
        TaskLimits limits = LimitCaps.defaults().resolve(Map.of());

        assertThat(limits.get(TaskLimit.FUEL)).isEqualTo(10_000_000_000L);
        assertThat(limits.get(TaskLimit.MEMORY_BYTES)).isEqualTo(67_108_864);
        assertThat(limits.get(TaskLimit.TIMEOUT_MS)).isEqualTo(30_000);
        assertThat(limits.get(TaskLimit.OUTPUT_BYTES)).isEqualTo(1_048_576);
        assertThat(limits.get(TaskLimit.INPUT_BYTES)).isEqualTo(16_777_216);
        assertThat(limits.get(TaskLimit.WORKSPACE_BYTES)).isEqualTo(268_435_456);
        assertThat(limits.get(TaskLimit.WORKSPACE_FILES)).isEqualTo(10_000);
        assertThat(limits.get(TaskLimit.STDERR_BYTES)).isEqualTo(65_536);
        assertThat(limits.get(TaskLimit.TABLE_ELEMENTS)).isEqualTo(100_000);
    }

    @Test
    void shouldRefuseOverACapWhenDefinedAndClampWhenRun() {
        LimitCaps caps = LimitCaps.of(Map.of("fuel", 1000L));
        Map<String, Object> config = Map.of("limits", Map.of("fuel", 1001L));

        assertThat(caps.check(config.get("limits"), "config.limits"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.field()).isEqualTo("config.limits.fuel");
                    assertThat(problem.message()).contains("1000");
                });
        assertThat(caps.resolve(config).get(TaskLimit.FUEL)).isEqualTo(1000);
        assertThat(caps.check(Map.of("fuel", 1000L), "config.limits")).isEmpty();
    }

    @Test
    void shouldRefuseWhatIsNoLimit() {
        LimitCaps caps = LimitCaps.defaults();

        assertThat(caps.check(Map.of("gas", 1L), "limits")).hasSize(1);
        assertThat(caps.check(Map.of("fuel", 0L), "limits")).hasSize(1);
        assertThat(caps.check(Map.of("fuel", "1"), "limits")).hasSize(1);
        assertThat(caps.check("all", "limits")).hasSize(1);
        assertThatThrownBy(() -> LimitCaps.of(Map.of("gas", 1L))).isInstanceOf(IllegalArgumentException.class);
    }
}
