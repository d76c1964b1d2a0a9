package dev.netbase.model.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTest {
    @Test
    void shouldReadNumbersToTheLastDigit() {
        assertThat(Json.parse("[7, 9223372036854775807, 9223372036854775808, -9223372036854775809, 1.10, 1e3]"))
                .isEqualTo(List.of(
                        7L,
                        Long.MAX_VALUE,
                        new BigInteger("9223372036854775808"),
                        new BigInteger("-9223372036854775809"),
                        new BigDecimal("1.10"),
                        new BigDecimal("1e3")));
    }

    @Test
    void shouldWriteWhatItReadAsItWas() {
        String text = "{\"z\":1.50,\"a\":[null,true,\"\u00e9\",{\"big\":12345678901234567890}],\"e\":{}}";

        assertThat(Json.write(Json.parse(text))).isEqualTo(text);
        assertThat(Json.parseObject(text).keySet()).containsExactly("z", "a", "e");
        assertThat(Json.parse("{\"a\":{\"b\":[1]}}")).isEqualTo(Map.of("a", Map.of("b", List.of(1L))));
    }

    @Test
    void shouldRefuseWhatIsNotOneJsonValue() {
        for (String text : new String[] {"", "{", "{} {}", "{\"a\":1,\"a\":2}", "[1,]", "NaN", "[".repeat(300)}) {
            assertThatThrownBy(() -> Json.parse(text)).as(text).isInstanceOf(JsonException.class);
        }
    }
}
