package dev.netbase.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.netbase.standalone.bench.Bench;
import dev.netbase.standalone.demo.ApiClient;
import dev.netbase.standalone.stack.DataDirectory;
import dev.netbase.standalone.stack.PortRequest;
import dev.netbase.standalone.stack.ServiceDefinition;
import dev.netbase.standalone.stack.Stack;
import dev.netbase.standalone.stack.StackListener;
import dev.netbase.standalone.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures workloads on a stack of its own, with the embedded defaults. */
@Command(name = "bench", description = "Measures workloads on a stack of its own; one key=value line per figure.")
final class BenchCommand implements Callable<Integer> {
    private final List<ServiceDefinition> services;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this text")
    private boolean help;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "also writes the figures there (default target/bench.json)")
    private @Nullable Path json;

    @Parameters(
            arity = "0..*",
            paramLabel = "WORKLOAD",
            description = "W1, W2, W3 (default: these three), worker, engine")
    private List<String> names = List.of();

    BenchCommand(List<ServiceDefinition> services) {
        this.services = services;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path home = StackSettings.home();
        Bench bench = Bench.of(names, home.resolve("wasm-worker/target/native/netbase-wat"));
        PortRequest any = new PortRequest("", OptionalInt.empty());
        StackOptions options =
                new StackOptions(services, any, any, any, StackSettings.programs(), StackSettings.STARTS_WITHIN);
        Path data = Files.createTempDirectory("netbase-bench-");
        Map<String, Double> figures;
        try (DataDirectory directory = DataDirectory.open(data);
                Stack stack = Stack.start(options, directory, StackListener.printingTo(System.err))) {
            if (!stack.awaitReady()) {
                return 1;
            }
            try (ApiClient api = new ApiClient(stack.endpoints().api(), Files.readString(directory.adminToken()))) {
                figures = bench.perform(api, stack.endpoints().kafka(), stack.address("wasm-worker"));
            }
        }
        DemoCommand.delete(data);
        figures.forEach((name, value) -> System.out.printf(Locale.ROOT, "%s=%.2f%n", name, value));
        Path file = json == null ? home.resolve("target/bench.json") : json;
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), figures);
        return 0;
    }
}
