package dev.netbase.model.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.json.Json;
import org.junit.jupiter.api.Test;

class ConfigLayersTest {
    @Test
    void shouldMergeLimitsAndInputsByKeyAndReplaceTheRestWhole() {
        assertThat(merged("""
                        {"limits":{"fuel":1,"timeout_ms":5},"inputs":{"a":{"deep":1},"b":2},"env":{"A":"file","B":"file"},"args":["x"]}""", """
                        {"limits":{"fuel":2},"inputs":{"a":{"other":1}},"env":{"A":"agent"}}""", """
                        {"limits":{"memory_bytes":3},"args":[]}""")).isEqualTo("""
                        {"limits":{"fuel":2,"timeout_ms":5,"memory_bytes":3},"inputs":{"a":{"other":1},"b":2},\
                        "env":{"A":"agent"},"args":[]}""");
    }

    @Test
    void shouldLetALayerReplaceWhatIsNoObject() {
        assertThat(merged("{\"inputs\":[1],\"limits\":{\"fuel\":1}}", "{\"inputs\":{\"a\":1}}", "{\"inputs\":null}"))
                .isEqualTo("{\"inputs\":null,\"limits\":{\"fuel\":1}}");
        assertThat(merged("{}", "{}", "{}")).isEqualTo("{}");
    }

    private static String merged(String file, String agent, String node) {
        return Json.write(ConfigLayers.merge(Json.parseObject(file), Json.parseObject(agent), Json.parseObject(node)));
    }
}
