package dev.netbase.api.agent.application;

import static org.assertj.core.api.Assertions.assertThat;

import dev.netbase.model.json.Json;
import dev.netbase.model.limits.LimitCaps;
import dev.netbase.model.problem.FieldProblem;
import dev.netbase.model.task.AgentType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigCheckTest {
    private final ConfigCheck check = new ConfigCheck(LimitCaps.defaults());

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    WASM      | {}
                    WASM      | {"limits":{"fuel":5},"args":["a"],"env":{"A":"b"},"workspace_mount":"/","inputs":{},"own":1}
                    SQL       | {}
                    SQL       | {"data_source":"shop-2","read_only":false,"max_rows":5,"limits":{"timeout_ms":5},"inputs":{"a":1}}
                    CONTAINER | {}
                    CONTAINER | {"image":"alpine","args":["-c"],"env":{},"network":true,"limits":{"cpu_millis":500,"pids":5}}
                    CONTAINER | {"image":"localhost:5000/team/a__b-c.d:v1.0_x"}
                    CONTAINER | {"image":"registry.example/tool@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}
                    CONTAINER | {"image":null}
                    """)
    void shouldAcceptWhatTheWorkerCanRun(AgentType type, String config) {
        assertThat(check.check(type, Json.parseObject(config))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                    WASM      | {"limits":{"pids":5}}                 | config.limits.pids
                    WASM      | {"limits":{"fuel":"5"}}               | config.limits.fuel
                    WASM      | {"limits":{"fuel":9000000000000000}}  | config.limits.fuel
                    WASM      | {"args":"a"}                          | config.args
                    WASM      | {"args":["a",1]}                      | config.args
                    WASM      | {"env":{"A":1}}                       | config.env
                    WASM      | {"env":{"A=B":"1"}}                   | config.env
                    WASM      | {"workspace_mount":"a"}               | config.workspace_mount
                    WASM      | {"inputs":[]}                         | config.inputs
                    SQL       | {"data_source":""}                    | config.data_source
                    SQL       | {"data_source":"a.b"}                 | config.data_source
                    SQL       | {"read_only":"no"}                    | config.read_only
                    SQL       | {"max_rows":0}                        | config.max_rows
                    SQL       | {"max_rows":1.5}                      | config.max_rows
                    SQL       | {"read_olny":true}                    | config.read_olny
                    SQL       | {"limits":{"memory_bytes":5}}         | config.limits.memory_bytes
                    CONTAINER | {"image":""}                          | config.image
                    CONTAINER | {"image":"team/Upper"}                | config.image
                    CONTAINER | {"image":"a b"}                       | config.image
                    CONTAINER | {"image":"a:"}                        | config.image
                    CONTAINER | {"image":"../../etc"}                 | config.image
                    CONTAINER | {"image":"a@sha256:12"}               | config.image
                    CONTAINER | {"image":7}                           | config.image
                    CONTAINER | {"network":"bridge"}                  | config.network
                    CONTAINER | {"privileged":true}                   | config.privileged
                    CONTAINER | {"limits":{"fuel":5}}                 | config.limits.fuel
                    CONTAINER | {"limits":{"pids":1000000}}           | config.limits.pids
                    """)
    void shouldNameTheFieldThatIsWrong(AgentType type, String config, String field) {
        assertThat(check.check(type, Json.parseObject(config)))
                .extracting(FieldProblem::field)
                .containsExactly(field);
    }
}
