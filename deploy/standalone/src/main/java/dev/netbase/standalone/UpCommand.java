package dev.netbase.standalone;

import dev.netbase.standalone.process.StartupException;
import dev.netbase.standalone.stack.DataDirectory;
import dev.netbase.standalone.stack.PortRequest;
import dev.netbase.standalone.stack.ServiceDefinition;
import dev.netbase.standalone.stack.Stack;
import dev.netbase.standalone.stack.StackListener;
import dev.netbase.standalone.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Starts the stack, says when it is ready, and stays until it is told to stop. */
@Command(
        name = "up",
        description = "Starts PostgreSQL, Kafka and the three services, and keeps them running until Ctrl-C.")
final class UpCommand implements Callable<Integer> {
    private final List<ServiceDefinition> services;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "show this text")
    private boolean help;

    private static final int LARGEST_PORT = 65_535;

    @Option(names = "--data", paramLabel = "DIR", description = "holds everything (default ~/.local/share/netbase)")
    private @Nullable Path data;

    @Option(names = "--http-port", paramLabel = "PORT", description = "of the API (default 8080)")
    private int httpPort = 8080;

    @Option(names = "--postgres-port", paramLabel = "PORT", description = "of PostgreSQL (default: any free one)")
    private @Nullable Integer postgresPort;

    @Option(names = "--kafka-port", paramLabel = "PORT", description = "of Kafka (default: any free one)")
    private @Nullable Integer kafkaPort;

    UpCommand(List<ServiceDefinition> services) {
        this.services = services;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        StackOptions options = new StackOptions(
                services,
                port("--http-port", httpPort),
                port("--postgres-port", postgresPort),
                port("--kafka-port", kafkaPort),
                StackSettings.programs(),
                StackSettings.STARTS_WITHIN);
        StackListener listener = StackListener.printingTo(System.err);
        CountDownLatch stop = new CountDownLatch(1);
        try (DataDirectory directory = DataDirectory.open(data == null ? StackSettings.defaultData() : data);
                Stack stack = Stack.start(options, directory, listener)) {
            Signals.onStop(() -> {
                stop.countDown();
                stack.cancelStart();
            });
            if (stack.awaitReady()) {
                System.out.println("Netbase is ready: " + stack.endpoints().api());
                stop.await();
            }
            listener.say("stopping");
        }
        return 0;
    }

    /** Port 0 asks for any free one, as elsewhere. */
    private static PortRequest port(String option, @Nullable Integer port) {
        if (port == null || port == 0) {
            return new PortRequest(option, OptionalInt.empty());
        }
        if (port < 0 || port > LARGEST_PORT) {
            throw new StartupException(option + " takes a port from 1 to " + LARGEST_PORT + ", not " + port + ".");
        }
        return new PortRequest(option, OptionalInt.of(port));
    }
}
