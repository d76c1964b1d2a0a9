package dev.netbase.scheduler.run.domain;

import dev.netbase.model.definition.WorkflowDefinition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Random graphs of a few nodes: the workflow {@code root}, which may name {@code sub}, which may name itself. */
final class RandomDefinitions {
    /** Few levels, for their number multiplies the runs. */
    static final Decider.Limits LIMITS = new Decider.Limits(10_000, 100_000, 1 << 20, 2);

    private final Random random;
    private final Map<String, WorkflowDefinition> byName = new HashMap<>();

    RandomDefinitions(Random random) {
        this.random = random;
        byName.put("root", Definitions.of(graph(1 + random.nextInt(8), 8)));
        byName.put("sub", Definitions.of(graph(1 + random.nextInt(3), 12)));
    }

    WorkflowDefinition get(String name) {
        return byName.get(name);
    }

    private String graph(int size, int oneInThatManyIsAWorkflow) {
        List<String> nodes = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            List<String> dependencies = new ArrayList<>();
            for (int j = 0; j < i; j++) {
                if (random.nextInt(3) == 0) {
                    dependencies.add("\"n" + j + "\"");
                }
            }
            boolean isWorkflow = random.nextInt(oneInThatManyIsAWorkflow) == 0;
            String target = isWorkflow ? "\"workflow\":\"sub\",\"inputs\":{}" : "\"agent\":\"x\"";
            nodes.add("{\"key\":\"n%d\",%s,\"depends_on\":%s%s%s%s}"
                    .formatted(i, target, dependencies, isWorkflow && size < 4 ? "" : forEach(), when(), retry()));
        }
        String timeout = random.nextInt(6) == 0 ? ",\"timeout\":\"" + (2 + random.nextInt(20)) + "s\"" : "";
        return "{\"nodes\":" + nodes + timeout + "}";
    }

    private String forEach() {
        if (random.nextInt(3) > 0) {
            return "";
        }
        String list = List.of("[]", "[1]", "[1,2,3]", "[1,2,3,4,5,6,7]").get(random.nextInt(4));
        String policy = List.of("", "fail_late", "fail_fast", "continue").get(random.nextInt(4));
        return ",\"for_each\":" + list + (policy.isEmpty() ? "" : ",\"on_element_failure\":\"" + policy + "\"");
    }

    private String when() {
        return random.nextInt(6) == 0 ? ",\"when\":" + random.nextBoolean() : "";
    }

    private String retry() {
        return random.nextInt(3) == 0
                ? ",\"retry\":{\"max_attempts\":" + (1 + random.nextInt(3)) + ",\"backoff\":\"1s\"}"
                : "";
    }
}
