package dev.netbase.worker.group.wasm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.json.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WasmSettingsTest {
    @Test
    void shouldTakeArgsEnvironmentAndMount() throws WasmSettings.InvalidException {
        assertThat(settings("{\"args\":[\"-n\",\"\"],\"env\":{\"LANG\":\"C\"},\"workspace_mount\":\"/\"}"))
                .isEqualTo(new WasmSettings(List.of("-n", ""), Map.of("LANG", "C"), "/"));
    }

    @Test
    void shouldGiveNothingButTheWorkspaceByDefault() throws WasmSettings.InvalidException {
        assertThat(settings("{}")).isEqualTo(new WasmSettings(List.of(), Map.of(), "/workspace"));
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
            })
    void shouldNameTheKeyThatNoModuleCanRunWith(String config, String message) {
        assertThatThrownBy(() -> settings(config))
                .isInstanceOf(WasmSettings.InvalidException.class)
                .hasMessageStartingWith(message);
    }

    private static WasmSettings settings(String config) throws WasmSettings.InvalidException {
        return WasmSettings.of(Json.parseObject(config));
    }
}
