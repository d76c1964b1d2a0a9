package dev.netbase.model.schema;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.json.Json;
import dev.netbase.model.problem.FieldProblem;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

class InputSchemaTest {
    private static InputSchema schema(String json) {
        List<FieldProblem> problems = new ArrayList<>();
        Optional<InputSchema> schema = InputSchema.compile(Json.parse(json), "definition.input_schema", problems);
        assertThat(problems).isEmpty();
        return schema.orElseThrow();
    }

    private static List<FieldProblem> refusal(String json) {
        List<FieldProblem> problems = new ArrayList<>();
        assertThat(InputSchema.compile(Json.parse(json), "definition.input_schema", problems))
                .isEmpty();
        assertThat(problems).as(json).isNotEmpty();
        return problems;
    }

    private static List<String> fields(InputSchema schema, String inputs) {
        return schema.check(Json.parseObject(inputs)).stream()
                .map(FieldProblem::field)
                .toList();
    }

    @Test
    void shouldNameTheFieldsThatAreWrong() {
        InputSchema schema = schema("""
                {"type":"object","required":["text"],"additionalProperties":false,
                 "properties":{"text":{"type":"string","minLength":1,"pattern":"^[a-z]+$"},
                               "items":{"type":"array","items":{"$ref":"#/$defs/item"}},
                               "when":{"type":"string","format":"date-time"}},
                 "$defs":{"item":{"type":"object","properties":{"n":{"type":"integer","maximum":9}}}}}""");

        assertThat(fields(
                        schema,
                        "{\"text\":\"ok\",\"items\":[{\"n\":1},{\"n\":2.0}],\"when\":\"2026-01-01T00:00:00Z\"}"))
                .isEmpty();
        assertThat(fields(schema, "{}")).containsExactly("inputs.text");
        assertThat(fields(schema, "{\"text\":7}")).containsExactly("inputs.text");
        assertThat(fields(schema, "{\"text\":\"NO\"}")).containsExactly("inputs.text");
        assertThat(fields(schema, "{\"text\":\"ok\",\"more\":1}")).containsExactly("inputs.more");
        assertThat(fields(schema, "{\"text\":\"ok\",\"items\":[{\"n\":1},{\"n\":99}]}"))
                .containsExactly("inputs.items[1].n");
        assertThat(fields(schema, "{\"text\":\"ok\",\"when\":\"tomorrow\"}")).containsExactly("inputs.when");
    }

    @Test
    void shouldSayAtMostSoMuch() {
        InputSchema schema = schema("{\"properties\":{\"list\":{\"items\":{\"type\":\"string\"}}}}");

        assertThat(schema.check(Json.parseObject("{\"list\":[" + "1,".repeat(999) + "1]}")))
                .hasSize(InputSchema.MAX_PROBLEMS);
    }

    @Test
    void shouldRefuseSchemasThatAreNoneWhenTheyArePosted() {
        assertThat(refusal("{\"type\":\"objekt\"}").getFirst().field()).startsWith("definition.input_schema.type");
        assertThat(refusal("{\"properties\":{\"a\":{\"minimum\":\"x\"}}}")
                        .getFirst()
                        .field())
                .startsWith("definition.input_schema.properties.a.minimum");
        refusal("[]");
        refusal("{\"$schema\":\"http://json-schema.org/draft-07/schema#\"}");
        refusal("{\"properties\":{\"a\":{\"pattern\":\"(?<=a)b\"}}}");
        refusal("{\"properties\":{\"a\":{\"pattern\":\"(\"}}}");
        refusal("{\"description\":\"" + "x".repeat(InputSchema.MAX_CHARS) + "\"}");
    }

    @Test
    void shouldReferToNothingOutsideAndNeverToItself() {
        refusal("{\"$ref\":\"https://json-schema.org/draft/2020-12/schema\"}");
        refusal("{\"$ref\":\"file:///etc/passwd\"}");
        refusal("{\"$ref\":\"#/$defs/nothing\"}");
        refusal("{\"$ref\":\"#\"}");
        refusal("{\"properties\":{\"child\":{\"$ref\":\"#\"}}}");
        refusal("{\"$id\":\"https://example.com/x\"}");
        refusal("{\"$dynamicRef\":\"#x\"}");
    }

    @Test
    void shouldRefuseWhatGrowsWithoutBoundsWhenWrittenOut() {
        StringBuilder defs = new StringBuilder("\"d0\":{\"type\":\"string\"}");
        for (int i = 1; i <= 40; i++) {
            defs.append(",\"d%d\":{\"allOf\":[{\"$ref\":\"#/$defs/d%d\"},{\"$ref\":\"#/$defs/d%d\"}]}"
                    .formatted(i, i - 1, i - 1));
        }
        String bomb = "{\"$defs\":{" + defs + "},\"properties\":{\"a\":{\"$ref\":\"#/$defs/d40\"}}}";

        Assertions.assertTimeoutPreemptively(Duration.ofSeconds(10), () -> refusal(bomb));
    }

    @Test
    void shouldTakeTimeLinearInTheTextForAnyPattern() {
        InputSchema schema = schema("{\"properties\":{\"a\":{\"type\":\"string\",\"pattern\":\"^(a+)+$\"}}}");

        Assertions.assertTimeoutPreemptively(
                Duration.ofSeconds(10),
                () -> assertThat(fields(schema, "{\"a\":\"" + "a".repeat(10_000) + "!\"}"))
                        .hasSize(1));
    }
}
