package dev.netbase.model.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.netbase.model.json.Json;
import dev.netbase.model.problem.FieldProblem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final ExpressionCompiler COMPILER = new ExpressionCompiler();

    @Test
    void shouldKeepTheTypeOfAnExpressionThatIsTheWholeString() {
        assertThat(evaluate("${inputs.n}")).isEqualTo("7");
        assertThat(evaluate("${inputs.list}")).isEqualTo("[1,2.50,\"x\",null]");
        assertThat(evaluate("${item}")).isEqualTo("{\"a\":true}");
        assertThat(evaluate("${index}")).isEqualTo("3");
        assertThat(evaluate("${inputs.none}")).isEqualTo("null");
    }

    @Test
    void shouldWriteValuesIntoAStringOtherwise() {
        assertThat(evaluate("n=${inputs.n}, ${inputs.text}!")).isEqualTo("\"n=7, hi!\"");
        assertThat(evaluate("${inputs.n}${inputs.n}")).isEqualTo("\"77\"");
        assertThat(evaluate("list: ${inputs.list}")).isEqualTo("\"list: [1,2.50,\\\"x\\\",null]\"");
        assertThat(evaluate("${inputs.n + 1} more")).isEqualTo("\"8 more\"");
    }

    @Test
    void shouldTakeADoubledDollarAsALiteral() {
        assertThat(evaluate("$${inputs.n}")).isEqualTo("\"${inputs.n}\"");
        assertThat(evaluate("cost: $5")).isEqualTo("\"cost: $5\"");
    }

    @Test
    void shouldKeepEveryDigitOfAValueThatPassesThrough() {
        assertThat(evaluate("${inputs.big}")).isEqualTo("12345678901234567890123");
        assertThat(evaluate("${inputs.decimal}")).isEqualTo("0.10000000000000000001");
    }

    @Test
    void shouldEvaluateCelWithMacrosAndStringFunctions() {
        assertThat(evaluate("${inputs.numbers.map(n, n * 2)}")).isEqualTo("[2,4,6]");
        assertThat(evaluate("${inputs.numbers.filter(n, n > 1).size()}")).isEqualTo("2");
        assertThat(evaluate("${has(inputs.missing) ? inputs.missing : 'default'}"))
                .isEqualTo("\"default\"");
        assertThat(evaluate("${inputs.text.upperAscii()}")).isEqualTo("\"HI\"");
        assertThat(evaluate("${inputs.none == null}")).isEqualTo("true");
        assertThat(evaluate("${[inputs.none, {'k': inputs.n}]}")).isEqualTo("[null,{\"k\":7}]");
    }

    @Test
    void shouldReadNodesByNameAndByBracket() {
        assertThat(evaluate("${nodes.split.output.chunks[1]}")).isEqualTo("\"b\"");
        assertThat(evaluate("${nodes[\"a-b\"].output + 1}")).isEqualTo("42");
        assertThat(evaluate("${nodes[\"a-b\"].output}")).isEqualTo("41");
        assertThat(evaluate("${size(nodes.split.output.chunks)}")).isEqualTo("2");
    }

    @Test
    void shouldFindExpressionsWithBracesAndQuotesInThem() {
        assertThat(evaluate("${{'a': {'b': '}'}}}")).isEqualTo("{\"a\":{\"b\":\"}\"}}");
    }

    @Test
    void shouldNameTheNodesAnExpressionUses() {
        Template template = compile(Map.of(
                "x", List.of("${nodes.a.output}", "${nodes[\"b-c\"].output.y}", "${1 + nodes.d.artifacts.size()}")));

        assertThat(template.nodes()).containsExactlyInAnyOrder("a", "b-c", "d");
    }

    @Test
    void shouldRefuseWhatDoesNotCompileWithItsPlace() {
        assertThat(problems("${inputs.}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.field()).isEqualTo("field"));
        assertThat(problems("x ${inputs.a"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("column 3", "not closed"));
        assertThat(problems("${unknown}"))
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("unknown"));
        assertThat(problems("${'a' + 1}")).isNotEmpty();
        assertThat(problems("${nodes}")).isNotEmpty();
        assertThat(problems("${nodes[inputs.x].output}")).isNotEmpty();
        assertThat(problems("${nodes.a.status}")).isNotEmpty();
    }

    @Test
    void shouldFailOnValuesThatAreNotThere() {
        assertThatThrownBy(() -> evaluate("${inputs.missing}"))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining("missing");
        assertThatThrownBy(() -> evaluate("${inputs.missing + 1}")).isInstanceOf(ExpressionException.class);
        assertThatThrownBy(() -> evaluate("${inputs.list[9]}"))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining("out of bounds");
        assertThatThrownBy(() -> evaluate("${inputs.text + 1}")).isInstanceOf(ExpressionException.class);
        assertThatThrownBy(() -> evaluate("${inputs.text.x}")).isInstanceOf(ExpressionException.class);
    }

    @Test
    void shouldEndAnExpressionThatWorksTooMuch() {
        String hundred = "[" + "1,".repeat(99) + "1]";

        assertThatThrownBy(() -> evaluate("${%s.map(a, %s.map(b, %s.map(c, %s.map(d, d)))).size()}"
                        .formatted(hundred, hundred, hundred, hundred)))
                .isInstanceOf(ExpressionException.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "${%1$s.map(a, %1$s.map(b, inputs.long))}",
                "${%1$s.map(a, %1$s.map(b, inputs.long + 'x')).size()}",
                "${%1$s.map(a, %1$s.map(b, inputs.long.upperAscii())).size()}",
                "${%1$s.map(a, inputs.long.split('')).size()}",
                "${inputs.long.replace('a', inputs.long).size()}",
                "${inputs.long.replace('', inputs.long).size()}",
                "${inputs.long.replace('a', inputs.long, 50000).size()}",
                "${%1$s.map(a, %1$s.map(b, inputs.long).join()).size()}",
                "${%1$s.map(a, %1$s.map(b, inputs.long).join(', ')).size()}",
                "${%1$s.map(a, bytes(inputs.long)).map(b, %1$s.map(c, string(b))).size()}",
            })
    void shouldEndAnExpressionThatTakesTooMuchMemory(String expression) {
        String hundred = "[" + "1,".repeat(99) + "1]";
        Template template = compile(expression.formatted(hundred));

        assertThatThrownBy(() -> template.evaluate(new FixedScope()))
                .isInstanceOf(ExpressionException.class)
                .hasMessageContaining("64 MiB altogether");
    }

    @Test
    void shouldEndATemplateThatGivesALargeValueTooOften() {
        Template template = compile(Collections.nCopies(2_000, "${inputs.long}"));
        Template text = compile("${inputs.long}, ".repeat(2_000));

        assertThatThrownBy(() -> template.evaluate(new FixedScope())).hasMessageContaining("64 MiB altogether");
        assertThatThrownBy(() -> text.evaluate(new FixedScope())).hasMessageContaining("64 MiB altogether");
        assertThat(compile(Collections.nCopies(500, "${inputs.long}")).evaluate(new FixedScope()))
                .isInstanceOf(List.class);
    }

    @Test
    void shouldNotPayForWhatIsOnlyLookedAt() {
        String thousand = "[" + "1,".repeat(999) + "1]";

        assertThat(evaluate("${%s.map(a, %s.exists(b, inputs.long.startsWith('b') || [inputs.long][0] == '')).size()}"
                        .formatted("[" + "1,".repeat(49) + "1]", thousand)))
                .isEqualTo("50");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    'hello hello'.replace('he', 'we') | wello wello
                    'hello hello'.replace('he', 'we', -1) | wello wello
                    'hello hello'.replace('he', 'we', 1) | wello hello
                    'hello hello'.replace('he', 'we', 0) | hello hello
                    'a.b.c'.replace('.', '$1') | a$1b$1c
                    'abc'.replace('', '_') | _a_b_c_
                    'abc'.replace('', '_', 2) | _a_bc
                    'aaa'.replace('aa', 'b') | ba
                    ['x', 'y'].join() | xy
                    ['x', 'y', 'z'].join('; ') | x; y; z
                    ['x'].join(', ') | x
                    """)
    void shouldReplaceAndJoinAsCelDoes(String expression, String result) {
        assertThat(compile("${" + expression + "}").evaluate(new FixedScope())).isEqualTo(result);
    }

    private static String evaluate(String text) {
        return Json.write(compile(text).evaluate(new FixedScope()));
    }

    private static Template compile(Object value) {
        List<FieldProblem> problems = new ArrayList<>();
        Template template = Template.compile(value, "field", COMPILER, problems);
        assertThat(problems).isEmpty();
        return template;
    }

    private static List<FieldProblem> problems(String text) {
        List<FieldProblem> problems = new ArrayList<>();
        Template.compile(text, "field", COMPILER, problems);
        return problems;
    }

    private static final class FixedScope implements Scope {
        private static final Map<String, Object> INPUTS = Json.parseObject("""
                    {"long":"%s","n":7,"text":"hi","list":[1,2.50,"x",null],"numbers":[1,2,3],"none":null,
                     "big":12345678901234567890123,"decimal":0.10000000000000000001}""".formatted("a".repeat(60_000)));
        private final Budget budget = new Budget();

        @Override
        public Budget budget() {
            return budget;
        }

        @Override
        public Object inputs() {
            return INPUTS;
        }

        @Override
        public Object output(String node) {
            return switch (node) {
                case "split" -> Json.parseObject("{\"chunks\":[\"a\",\"b\"]}");
                case "a-b" -> 41L;
                default -> throw new IllegalArgumentException(node);
            };
        }

        @Override
        public List<?> artifacts(String node) {
            return List.of();
        }

        @Override
        public Object item() {
            return Map.of("a", true);
        }

        @Override
        public long index() {
            return 3;
        }

        @Override
        public Object resolve(Object value) {
            return value;
        }
    }
}
