package dev.netbase.model.definition;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.expression.ExpressionCompiler;
import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.task.TaskErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DefinitionParserTest {
    private static final DefinitionParser PARSER = new DefinitionParser(new ExpressionCompiler(), LimitCaps.defaults());

    @Test
    void shouldReadTheContractsExample() {
        WorkflowDefinition definition = valid("""
                {"nodes": [
                    {"key": "split", "agent": "splitter", "inputs": {"text": "${inputs.text}"}},
                    {"key": "count", "agent": "counter", "depends_on": ["split"],
                     "for_each": "${nodes.split.output.chunks}", "inputs": {"chunk": "${item}", "n": "${index}"}},
                    {"key": "merge", "agent": "merger", "depends_on": ["count"],
                     "inputs": {"parts": "${nodes.count.output}"}}
                  ],
                  "output": "${nodes.merge.output}"}""");

        assertThat(definition.nodes()).extracting(NodeDefinition::key).containsExactly("split", "count", "merge");
        assertThat(definition.dependents("split")).containsExactly("count");
        assertThat(definition.sinks()).containsExactly("merge");
        assertThat(definition.kafkaTriggers()).isTrue();
    }

    @Test
    void shouldReadRetryTimeoutAndTriggers() {
        WorkflowDefinition definition = valid("""
                {"nodes":[{"key":"a","agent":"x","timeout":"1500ms","config":{"limits":{"fuel":5}},
                  "retry":{"max_attempts":3,"backoff":"1s","multiplier":2,"max_backoff":"3s","codes":["TRAP"]}}],
                 "triggers":{"kafka":false}}""");

        NodeDefinition node = definition.node("a");
        assertThat(node.timeout()).contains(Duration.ofMillis(1500));
        assertThat(node.retry().waitAfter(1)).isEqualTo(Duration.ofSeconds(1));
        assertThat(node.retry().waitAfter(3)).isEqualTo(Duration.ofSeconds(3));
        assertThat(definition.kafkaTriggers()).isFalse();
    }

    @Test
    void shouldNameTheNodeAndTheFieldOfWhatIsWrong() {
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"depends_on\":[\"b\"]}]}"))
                .containsExactly("definition.nodes[0].depends_on");
        assertThat(fields("{\"nodes\":[{\"key\":\"a b\",\"agent\":\"x\"}]}"))
                .containsExactly("definition.nodes[0].key");
        assertThat(fields("{\"nodes\":[{\"key\":\"a\"}]}")).containsExactly("definition.nodes[0].agent");
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"dependson\":[]}]}"))
                .containsExactly("definition.nodes[0].dependson");
        assertThat(fields("{\"nodes\":[]}")).containsExactly("definition.nodes");
        assertThat(fields("[]")).contains("definition");
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\"},{\"key\":\"a\",\"agent\":\"x\"}]}"))
                .containsExactly("definition.nodes[0].key", "definition.nodes[1].key");
        assertThat(
                        fields(
                                "{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"config\":{\"limits\":{\"fuel\":99999999999999}}}]}"))
                .containsExactly("definition.nodes[0].config.limits.fuel");
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"timeout\":\"soon\"}]}"))
                .containsExactly("definition.nodes[0].timeout");
    }

    @Test
    void shouldFindCycles() {
        List<FieldProblem> problems = problems("""
                {"nodes":[{"key":"a","agent":"x"},
                          {"key":"b","agent":"x","depends_on":["a","d"]},
                          {"key":"c","agent":"x","depends_on":["b"]},
                          {"key":"d","agent":"x","depends_on":["c"]}]}""");

        assertThat(problems)
                .singleElement()
                .satisfies(problem -> assertThat(problem.message()).contains("cycle", "b -> d -> c -> b"));
    }

    @Test
    void shouldLetANodeReferOnlyToWhatItDependsOn() {
        assertThat(problems("""
                {"nodes":[{"key":"a","agent":"x"},{"key":"b","agent":"x","depends_on":["a"]},
                          {"key":"c","agent":"x","depends_on":["b"],"inputs":"${nodes.a.output}"}]}""")).isEmpty();
        assertThat(problems("""
                {"nodes":[{"key":"a","agent":"x"},{"key":"b","agent":"x","inputs":{"v":["${nodes.a.output}"]}}]}""")).singleElement().satisfies(problem -> {
            assertThat(problem.field()).isEqualTo("definition.nodes[1].inputs.v[0]");
            assertThat(problem.message()).contains("'b'", "'a'", "depends_on");
        });
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\"}],\"output\":\"${nodes.z.output}\"}"))
                .containsExactly("definition.output");
    }

    @Test
    void shouldKnowItemsOnlyInAForEach() {
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"inputs\":\"${item}\"}]}"))
                .containsExactly("definition.nodes[0].inputs");
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"for_each\":\"no list\"}]}"))
                .containsExactly("definition.nodes[0].for_each");
    }

    @Test
    void shouldReadSubWorkflowsElementFailurePoliciesAndTheRunsTimeout() {
        WorkflowDefinition definition = valid("""
                {"timeout":"2h","nodes":[
                  {"key":"a","workflow":"w","version":3,"for_each":[1],"on_element_failure":"continue"},
                  {"key":"b","workflow":"w","retry":{"max_attempts":2}},
                  {"key":"c","agent":"x"}]}""");

        assertThat(definition.timeout()).contains(Duration.ofHours(2));
        assertThat(definition.node("a").target()).isEqualTo(new NodeTarget.Workflow("w", Optional.of(3)));
        assertThat(definition.node("a").onElementFailure()).isEqualTo(ElementFailurePolicy.CONTINUE);
        assertThat(definition.node("b").target()).isEqualTo(new NodeTarget.Workflow("w", Optional.empty()));
        assertThat(definition.node("c").target()).isEqualTo(new NodeTarget.Agent("x"));
        assertThat(definition.node("c").onElementFailure()).isEqualTo(ElementFailurePolicy.FAIL_LATE);
    }

    @Test
    void shouldRefuseWhatHasNoMeaningWhereItStands() {
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"workflow\":\"w\"}]}"))
                .containsExactly("definition.nodes[0].workflow");
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"version\":1}]}"))
                .containsExactly("definition.nodes[0].version");
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"workflow\":\"w\",\"version\":0}]}"))
                .containsExactly("definition.nodes[0].version");
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"workflow\":\"w\",\"timeout\":\"1s\",\"config\":{\"x\":1}}]}"))
                .containsExactly("definition.nodes[0].config", "definition.nodes[0].timeout");
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"on_element_failure\":\"continue\"}]}"))
                .containsExactly("definition.nodes[0].on_element_failure");
        assertThat(
                        fields(
                                "{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"for_each\":[],\"on_element_failure\":\"stop\"}]}"))
                .containsExactly("definition.nodes[0].on_element_failure");
        assertThat(fields("{\"timeout\":\"0s\",\"nodes\":[{\"key\":\"a\",\"agent\":\"x\"}]}"))
                .containsExactly("definition.timeout");
    }

    @Test
    void shouldFindTypesThatCanNeverFit() {
        assertThat(problems("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"when\":\"${size(inputs.l)}\"}]}"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.field()).isEqualTo("definition.nodes[0].when");
                    assertThat(problem.message()).contains("true or false");
                });
        for (String when : List.of("\"yes\"", "\"${inputs.a} \"", "1", "{}", "[]")) {
            assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"when\":" + when + "}]}"))
                    .containsExactly("definition.nodes[0].when");
        }
        for (String when : List.of("true", "\"${inputs.a}\"", "\"${inputs.n > 3}\"", "\"${has(inputs.a)}\"")) {
            assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"when\":" + when + "}]}"))
                    .isEmpty();
        }
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"for_each\":\"${inputs.n > 3}\"}]}"))
                .containsExactly("definition.nodes[0].for_each");
        assertThat(fields("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"for_each\":\"${inputs.l.map(v, v.x)}\"}]}"))
                .isEmpty();
        assertThat(problems("{\"nodes\":[{\"key\":\"a\",\"agent\":\"x\",\"inputs\":{\"v\":\"n: ${1 + 'a'}\"}}]}"))
                .singleElement()
                .satisfies(problem -> {
                    assertThat(problem.field()).isEqualTo("definition.nodes[0].inputs.v");
                    assertThat(problem.message()).contains("column 4", "at 3");
                });
    }

    @Test
    void shouldWaitLongerWithEachFailureUpToTheMost() {
        RetryPolicy policy = valid("""
                {"nodes":[{"key":"a","agent":"x","retry":{"max_attempts":9,"backoff":"100ms","multiplier":1.5,
                  "max_backoff":"1s","codes":["TIMEOUT","TRAP"]}}]}""").node("a").retry();

        assertThat(List.of(1, 2, 3, 6, 7, 9))
                .extracting(policy::waitAfter)
                .containsExactly(
                        Duration.ofMillis(100),
                        Duration.ofMillis(150),
                        Duration.ofMillis(225),
                        Duration.ofMillis(759),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(1));
        assertThat(policy.allows(8, TaskErrorCode.TRAP)).isTrue();
        assertThat(policy.allows(9, TaskErrorCode.TRAP)).isFalse();
        assertThat(policy.allows(1, TaskErrorCode.OUT_OF_FUEL)).isFalse();
    }

    @Test
    void shouldRefuseMoreThanAThousandNodes() {
        String nodes = IntStream.range(0, 1001)
                .mapToObj(i -> "{\"key\":\"n%d\",\"agent\":\"x\"}".formatted(i))
                .collect(Collectors.joining(","));

        assertThat(fields("{\"nodes\":[" + nodes + "]}")).containsExactly("definition.nodes");
    }

    private static WorkflowDefinition valid(String json) {
        DefinitionParser.Result result = PARSER.parse(Json.parse(json));
        assertThat(result).isInstanceOf(DefinitionParser.Result.Valid.class);
        return ((DefinitionParser.Result.Valid) result).definition();
    }

    private static List<FieldProblem> problems(String json) {
        return switch (PARSER.parse(Json.parse(json))) {
            case DefinitionParser.Result.Valid valid -> List.of();
            case DefinitionParser.Result.Invalid(List<FieldProblem> problems) -> problems;
        };
    }

    private static List<String> fields(String json) {
        return problems(json).stream().map(FieldProblem::field).toList();
    }
}
