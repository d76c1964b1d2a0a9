package dev.netbase.worker.group.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.json.Json;
import dev.netbase.worker.group.application.InvalidConfigException;
import dev.netbase.worker.wasm.Determinism;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WasmSettingsTest {
    @Test
    void shouldTakeArgsEnvironmentAndMount() throws InvalidConfigException {
        assertThat(settings("{\"args\":[\"-n\",\"\"],\"env\":{\"LANG\":\"C\"},\"workspace_mount\":\"/\"}"))
                .isEqualTo(new WasmSettings(List.of("-n", ""), Map.of("LANG", "C"), "/", null));
    }

    @Test
    void shouldGiveNothingButTheWorkspaceByDefault() throws InvalidConfigException {
        assertThat(settings("{}")).isEqualTo(new WasmSettings(List.of(), Map.of(), "/workspace", null));
    }

    @Test
    void shouldTakeAClockAndASeedForDeterministicAgents() throws InvalidConfigException {
        Determinism defaults = new Determinism(Instant.parse("2000-01-01T00:00:00Z"), 0);
        Determinism noon = new Determinism(Instant.parse("2026-01-31T12:00:00Z"), -42);

        assertThat(settings("{\"deterministic\":false}").determinism()).isNull();
        assertThat(settings("{\"deterministic\":true}").determinism()).isEqualTo(defaults);
        assertThat(settings("{\"deterministic\":{}}").determinism()).isEqualTo(defaults);
        assertThat(settings("{\"deterministic\":{\"clock\":\"2026-01-31T13:00:00+01:00\",\"seed\":-42}}")
                        .determinism())
                .isEqualTo(noon);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"args\":\"-n\"}            | config.args must be",
                "{\"args\":[\"a\",1]}         | config.args[1]",
                "{\"args\":[null]}            | config.args[0]",
                "{\"args\":[\"\\u0000\"]}     | config.args[0]",
                "{\"env\":[]}                 | config.env must be",
                "{\"env\":{\"N\":1}}          | config.env.N",
                "{\"env\":{\"A=B\":\"\"}}     | config.env has a name",
                "{\"env\":{\"\":\"\"}}        | config.env has a name",
                "{\"workspace_mount\":\"w\"}  | config.workspace_mount",
                "{\"workspace_mount\":7}      | config.workspace_mount",
                "{\"deterministic\":1}        | config.deterministic must be",
                "{\"deterministic\":{\"clocks\":1}} | config.deterministic may have only",
                "{\"deterministic\":{\"seed\":1.5}} | config.deterministic.seed",
                "{\"deterministic\":{\"clock\":\"noon\"}} | config.deterministic.clock",
                "{\"deterministic\":{\"clock\":\"1969-12-31T23:59:59Z\"}} | config.deterministic.clock",
                "{\"deterministic\":{\"clock\":\"2262-01-01T00:00:00Z\"}} | config.deterministic.clock",
            })
    void shouldNameTheKeyThatNoModuleCanRunWith(String config, String message) {
        assertThatThrownBy(() -> settings(config))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageStartingWith(message);
    }

    private static WasmSettings settings(String config) throws InvalidConfigException {
        return WasmSettings.of(Json.parseObject(config));
    }
}
