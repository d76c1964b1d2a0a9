package dev.netbase.standalone;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import dev.netbase.standalone.demo.ApiClient;
import dev.netbase.standalone.demo.Example;
import dev.netbase.standalone.demo.ExampleRun;
import dev.netbase.standalone.process.StartupException;
import dev.netbase.standalone.stack.DataDirectory;
import dev.netbase.standalone.stack.PortRequest;
import dev.netbase.standalone.stack.ServiceDefinition;
import dev.netbase.standalone.stack.Stack;
import dev.netbase.standalone.stack.StackListener;
import dev.netbase.standalone.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts a stack of its own, runs the example, and compares the result with the one that is known to be right. */
@Command(
        name = "demo",
        description = "Starts everything, runs the example workflow over real input, checks the result, stops.")
final class DemoCommand implements Callable<Integer> {
    private final List<ServiceDefinition> services;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this text")
    private boolean help;

    private static final int STOPPED_BY_USER = 130;

    @Option(
            names = "--example",
            paramLabel = "DIR",
            description = "the example to run (default docs/tutorials/word-count)")
    private @Nullable Path example;

    private final StackListener listener = StackListener.printingTo(System.err);

    DemoCommand(List<ServiceDefinition> services) {
        this.services = services;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        Path directory = example == null ? StackSettings.home().resolve("docs/tutorials/word-count") : example;
        Example read = Example.read(directory);
        Path data = Files.createTempDirectory("netbase-demo-");
        int exitCode = 1;
        try {
            exitCode = run(read, data);
        } finally {
            if (exitCode == 0) {
                delete(data);
            } else {
                listener.say("logs and data are kept in " + data);
            }
        }
        return exitCode;
    }

    private int run(Example read, Path data) throws IOException, InterruptedException {
        PortRequest any = new PortRequest("", OptionalInt.empty());
        StackOptions options =
                new StackOptions(services, any, any, any, StackSettings.programs(), StackSettings.STARTS_WITHIN);
        Thread demo = Thread.currentThread();
        try (DataDirectory directory = DataDirectory.open(data);
                Stack stack = Stack.start(options, directory, listener)) {
            Signals.onStop(demo::interrupt);
            if (!stack.awaitReady()) {
                return STOPPED_BY_USER;
            }
            listener.say("ready at " + stack.endpoints().api());
            try (ApiClient api = new ApiClient(stack.endpoints().api(), Files.readString(directory.adminToken()))) {
                return judge(new ExampleRun(api, listener).perform(read), read.expected());
            }
        } catch (InterruptedException e) {
            return STOPPED_BY_USER;
        }
    }

    private int judge(JsonNode run, JsonNode expected) throws IOException {
        ObjectMapper pretty = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        System.out.println("Run " + run.path("run_id").asText() + " of "
                + run.path("workflow").asText() + " is "
                + run.path("status").asText() + ": "
                + run.path("tasks").path("completed").asInt()
                + " tasks completed, from " + run.path("started_at").asText() + " to "
                + run.path("finished_at").asText());
        System.out.println(pretty.writeValueAsString(run.path("output")));
        if (!"COMPLETED".equals(run.path("status").asText())) {
            throw new StartupException("The run did not complete: " + run.path("error"));
        }
        if (!run.path("output").equals(expected)) {
            throw new StartupException("The result is not the expected one: " + pretty.writeValueAsString(expected));
        }
        System.out.println("The result is right: it equals expected.json.");
        return 0;
    }

    static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
