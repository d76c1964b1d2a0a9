package dev.netbase.worker.group.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.json.Json;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TaskOutputTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"a\": [1, 2]}            | {\"a\":[1,2]}",
                "1.500e+2                   | 1.500e+2",
                "-0                         | -0",
                "12345678901234567890123    | 12345678901234567890123",
                "\"a \\\" b\"               | \"a \\\" b\"",
                "null                       | null",
                "{\"a\":1,\"a\":2}          | \"{\\\"a\\\":1,\\\"a\\\":2}\"",
                "1 2                        | \"1 2\"",
                "plain text                 | \"plain text\"",
            })
    void shouldKeepJsonAsWrittenAndMakeOtherTextAString(String output, String json) {
        assertThat(TaskOutput.json(output.getBytes(StandardCharsets.UTF_8))).isEqualTo(json);
    }

    @Test
    void shouldPutJsonOnOneLine() {
        String pretty = "{\n  \"key\" : \"two  words\",\r\n\t\"list\" : [ 1 , 2 ]\n}\n";

        assertThat(TaskOutput.json(pretty.getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("{\"key\":\"two  words\",\"list\":[1,2]}");
    }

    @Test
    void shouldKeepEscapesOfHalfSurrogates() {
        String output = "\"\\ud800\"";

        assertThat(TaskOutput.json(output.getBytes(StandardCharsets.UTF_8))).isEqualTo(output);
    }

    @Test
    void shouldNotTrimText() {
        assertThat(TaskOutput.json("  two lines\n\n".getBytes(StandardCharsets.UTF_8)))
                .isEqualTo("\"  two lines\\n\\n\"");
    }

    @Test
    void shouldMakeNothingTheEmptyString() {
        assertThat(TaskOutput.json(new byte[0])).isEqualTo("\"\"");
    }

    @Test
    void shouldMakeOnlyWhitespaceAString() {
        assertThat(TaskOutput.json(" \n".getBytes(StandardCharsets.UTF_8))).isEqualTo("\" \\n\"");
    }

    @Test
    void shouldEncodeWhatIsNotUtf8() {
        byte[] output = {(byte) 0xff, 0, 1};

        assertThat(Json.parse(TaskOutput.json(output))).isEqualTo(Map.of("base64", "/wAB"));
    }

    @Test
    void shouldNotTakeUtf16ForJson() {
        byte[] output = "[1]".getBytes(StandardCharsets.UTF_16LE);

        assertThat(Json.parse(TaskOutput.json(output))).isEqualTo("[\0001\000]\000");
    }
}
