package dev.netbase.standalone;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.netbase.standalone.bench.Bench;
import dev.netbase.standalone.bench.History;
import dev.netbase.standalone.bench.StartBench;
import dev.netbase.standalone.bench.WorkerBench;
import dev.netbase.standalone.demo.ApiClient;
import dev.netbase.standalone.stack.DataDirectory;
import dev.netbase.standalone.stack.PortRequest;
import dev.netbase.standalone.stack.ServiceDefinition;
import dev.netbase.standalone.stack.Stack;
import dev.netbase.standalone.stack.StackListener;
import dev.netbase.standalone.stack.StackOptions;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Measures workloads on a stack of its own, with the embedded defaults. */
@Command(name = "bench", description = "Measures workloads on a stack of its own; one key=value line per figure.")
final class BenchCommand implements Callable<Integer> {
    private static final String HISTORY = "history";
    private static final String WORKER = "worker";
    private static final String START = "start";
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

    @Option(names = "--schedulers", paramLabel = "N", description = "how many schedulers (default 1)")
    private int schedulers = 1;

    @Option(names = "--workers", paramLabel = "N", description = "how many workers (default 1)")
    private int workers = 1;

    @Option(
            names = "--history-tasks",
            paramLabel = "N",
            description = "finished tasks that history makes (default 10000000)")
    private long historyTasks = 10_000_000;

    @Parameters(
            arity = "0..*",
            paramLabel = "WORKLOAD",
            description =
                    "W1, W2, W3 (default: all); or alone: worker, groups of 1 to 10,000 tasks; start, how long a worker"
                            + " takes to be ready; history, W2 on empty and on full tables")
    private List<String> names = List.of();

    BenchCommand(List<ServiceDefinition> services) {
        this.services = services;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path home = StackSettings.home();
        Bench bench = Bench.of(isAlone() ? List.of() : names, home.resolve("wasm-worker/target/native/netbase-wat"));
        PortRequest any = new PortRequest("", OptionalInt.empty());
        StackOptions options =
                new StackOptions(instances(), any, any, any, StackSettings.programs(), StackSettings.STARTS_WITHIN);
        Path data = Files.createTempDirectory("netbase-bench-");
        Map<String, Double> figures;
        try (DataDirectory directory = DataDirectory.open(data);
                Stack stack = Stack.start(options, directory, StackListener.printingTo(System.err))) {
            if (!stack.awaitReady()) {
                return 1;
            }
            try (ApiClient api = new ApiClient(stack.endpoints().api(), Files.readString(directory.adminToken()))) {
                figures = perform(bench, stack, directory, api);
            }
        }
        DemoCommand.delete(data);
        figures.forEach((name, value) -> System.out.printf(Locale.ROOT, "%s=%.2f%n", name, value));
        Path file = (json == null ? home.resolve("target/bench.json") : json).toAbsolutePath();
        Files.createDirectories(Objects.requireNonNull(file.getParent(), "a file has a folder"));
        new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValue(file.toFile(), figures);
        return 0;
    }

    private boolean isAlone() {
        return names.size() == 1 && List.of(HISTORY, WORKER, START).contains(names.getFirst());
    }

    private Map<String, Double> perform(Bench bench, Stack stack, DataDirectory directory, ApiClient api)
            throws IOException, InterruptedException {
        String kafka = stack.endpoints().kafka();
        return switch (names.isEmpty() ? "" : names.getFirst()) {
            case HISTORY -> new History(bench, stack.endpoints().postgres(), historyTasks).perform(api, kafka);
            case START -> new StartBench(worker(), directory, stack.endpoints()).perform();
            case WORKER -> new WorkerBench(bench, workers(stack)).perform(api);
            default -> bench.perform(api, stack.endpoints());
        };
    }

    /** Where the workers answer over HTTP. */
    private List<URI> workers(Stack stack) {
        return instances().stream()
                .map(ServiceDefinition::processName)
                .filter(name -> name.startsWith("wasm-worker"))
                .map(stack::service)
                .toList();
    }

    private ServiceDefinition worker() {
        return services.stream().filter(BenchCommand::isWorker).findFirst().orElseThrow();
    }

    private static boolean isWorker(ServiceDefinition service) {
        return service.name().equals("wasm-worker");
    }

    private List<ServiceDefinition> instances() {
        List<ServiceDefinition> instances = new ArrayList<>();
        int stackWorkers = names.equals(List.of(START)) ? 0 : workers;
        for (ServiceDefinition service : services) {
            int count = isWorker(service) ? stackWorkers : schedulers;
            for (int number = 1; number <= (service.api() ? 1 : count); number++) {
                instances.add(service.asInstance(number));
            }
        }
        return instances;
    }
}
