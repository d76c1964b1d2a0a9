package dev.netbase.model.asset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ConfigFileTest {
    @Test
    void shouldConfigureTheModuleOfItsNameOrElseTheProgramOfItsName() {
        assertThat(ConfigFile.candidates("bin/tool.config.json")).containsExactly("bin/tool.wasm", "bin/tool");
        assertThat(ConfigFile.candidates("tool.wasm.Config.JSON")).containsExactly("tool.wasm.wasm", "tool.wasm");
    }

    @Test
    void shouldConfigureNothingUnderAnotherName() {
        assertThat(ConfigFile.candidates("bin/config.json")).isEmpty();
        assertThat(ConfigFile.candidates("bin/tool.wasm")).isEmpty();
    }
}
