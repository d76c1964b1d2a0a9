package dev.netbase.standalone.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.netbase.standalone.demo.ApiClient;
import dev.netbase.standalone.process.StartupException;
import dev.netbase.standalone.stack.Endpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The workloads, in order, on one stack. */
public final class Bench {
    private static final String ECHO = """
            (module
              (memory (export "memory") 2)
              (func (export "alloc") (param i32) (result i32) (i32.const 1024))
              (func (export "run") (param $pointer i32) (param $length i32) (result i64)
                (i64.or (i64.shl (i64.extend_i32_u (local.get $pointer)) (i64.const 32))
                        (i64.extend_i32_u (local.get $length)))))
            """;
    private static final List<Workload> ALL = List.of(Workload.fanOut(), Workload.manyChains(), Workload.oneChain());
    private final List<Workload> workloads;
    private final Path assembler;

    private Bench(List<Workload> workloads, Path assembler) {
        this.workloads = workloads;
        this.assembler = assembler;
    }

    /**
     * The workloads of these names, or all.
     *
     * @param assembler the program that makes modules of text
     * @throws StartupException for a name that is not known
     */
    public static Bench of(List<String> names, Path assembler) {
        List<Workload> chosen = new ArrayList<>();
        for (String name : names) {
            chosen.add(ALL.stream()
                    .filter(workload -> workload.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new StartupException("There is no workload '" + name
                            + "'; known are W1, W2, W3 and, alone, worker, start, history, engine.")));
        }
        return new Bench(chosen.isEmpty() ? ALL : chosen, assembler);
    }

    /** The figures of all workloads by their names, and what PostgreSQL and Kafka alone take beside them. */
    public Map<String, Double> perform(ApiClient api, Endpoints endpoints) throws IOException, InterruptedException {
        publish(api);
        Map<String, Double> figures = new LinkedHashMap<>();
        Floor before = Floor.measure(endpoints.postgres(), endpoints.kafka());
        for (Workload workload : workloads) {
            figures.putAll(new Measurement(api, endpoints.kafka(), "bench").perform(workload));
        }
        before.mean(Floor.measure(endpoints.postgres(), endpoints.kafka())).addTo(figures);
        return figures;
    }

    /** Publishes the guest that all workloads run. */
    void publish(ApiClient api) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("netbase-bench-guests-");
        Path text = Files.writeString(folder.resolve("echo.wat"), ECHO);
        Process process = new ProcessBuilder(assembler.toString(), text.toString(), "-o", folder.toString())
                .inheritIO()
                .start();
        if (process.waitFor() != 0) {
            throw new StartupException("The guest could not be assembled by " + assembler + ".");
        }
        Path module = folder.resolve("echo.wasm");
        ObjectNode about = JsonNodeFactory.instance.objectNode().put("name", "bench");
        String nanoid = api.post("asset-packages", about).required("nanoid").asText();
        JsonNode published = api.publish(
                "asset-packages/" + nanoid + "/versions",
                JsonNodeFactory.instance.objectNode().put("version_string", "1.0.0"),
                folder,
                List.of(module));
        ObjectNode agent = JsonNodeFactory.instance.objectNode().put("name", "bench-echo");
        agent.put(
                "asset_file_id",
                published.required("files").get(0).required("id").asLong());
        api.post("agents", agent);
        Files.delete(module);
        Files.delete(text);
        Files.delete(folder);
    }
}
