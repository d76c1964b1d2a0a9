package dev.netbase.e2e;

import dev.netbase.standalone.process.Guardian;
import dev.netbase.standalone.stack.DataDirectory;
import dev.netbase.standalone.stack.Endpoints;
import dev.netbase.standalone.stack.PortRequest;
import dev.netbase.standalone.stack.ServiceDefinition;
import dev.netbase.standalone.stack.Stack;
import dev.netbase.standalone.stack.StackListener;
import dev.netbase.standalone.stack.StackOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A stack without workers: the tests start those themselves, as they want them, and nobody starts one again. */
final class WorkerStack implements AutoCloseable {
    private static final PortRequest ANY = new PortRequest("", OptionalInt.empty());
    /** Topics get as many partitions as a service has instances at most, so this gives two workers something to share. */
    private static final int PARTITIONS = 2;

    private static @Nullable WorkerStack current;
    private final Path directory;
    private final DataDirectory data;
    private final Stack stack;
    private final Path records;
    private final Guardian guardian;
    private final Api api;

    private WorkerStack(Path directory, DataDirectory data, Stack stack) throws IOException {
        this.directory = directory;
        this.data = data;
        this.stack = stack;
        this.records = Files.createDirectory(directory.resolve("worker-pids"));
        this.guardian = Guardian.watch(records);
        this.api = new Api(stack.endpoints().api(), data.root());
    }

    /** One for all tests of this JVM, with the agents {@code nap} and {@code echo}. */
    static synchronized WorkerStack get() throws IOException, InterruptedException {
        if (current == null) {
            current = start();
            Runtime.getRuntime().addShutdownHook(new Thread(WorkerStack::end, "stop-the-stack-of-workers"));
        }
        return current;
    }

    private static synchronized void end() {
        try {
            if (current != null) {
                current.close();
            }
        } catch (IOException e) {
            System.err.println("the data of the stack of workers stay behind: " + e);
        }
    }

    private static WorkerStack start() throws IOException, InterruptedException {
        Cluster.silenceKafka();
        Path directory = Files.createTempDirectory("netbase-workers");
        DataDirectory data = DataDirectory.open(directory);
        StackOptions options = new StackOptions(services(), ANY, ANY, ANY, Cluster.programs(), Duration.ofMinutes(4));
        WorkerStack started =
                new WorkerStack(directory, data, Stack.start(options, data, StackListener.printingTo(System.err)));
        try {
            if (!started.stack.awaitReady()) {
                throw new IllegalStateException("the stack was stopped while it started");
            }
            started.publish();
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
        return started;
    }

    /** All but the worker; the scheduler makes groups as large as they are asked for. */
    private static List<ServiceDefinition> services() {
        List<ServiceDefinition> services = new ArrayList<>();
        for (ServiceDefinition service : ServiceDefinition.standard(NetbaseUp.home())) {
            if (service.api()) {
                services.add(service);
            } else if (service.name().equals("scheduler-service")) {
                List<String> flags = new ArrayList<>(service.jvmFlags());
                flags.add("-Dnetbase.scheduler.max-group-size=10000");
                services.add(new ServiceDefinition(
                        service.name(), PARTITIONS, flags, service.program(), service.api(), service.needsTopics()));
            }
        }
        return services;
    }

    private void publish() throws IOException {
        Map<String, Long> files = api.publish(
                "workers", "1.0.0", Map.of("bin/nap.wasm", Guests.nap(), "bin/echo.wasm", Guests.module("echo")));
        api.agent("nap", files.get("bin/nap.wasm"), "{\"limits\":{\"timeout_ms\":300000}}");
        api.agent("echo", files.get("bin/echo.wasm"), "{}");
    }

    Api api() {
        return api;
    }

    DataDirectory data() {
        return data;
    }

    Endpoints endpoints() {
        return stack.endpoints();
    }

    /** Where pids are noted of what must not outlive this JVM, {@code NAME.pid} for each. */
    Path records() {
        return records;
    }

    /** The first column of the first row, as text; {@code "null"} for none. */
    String query(String sql) {
        try (Connection connection = stack.endpoints().postgres().connectAsSuperuser("netbase");
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return String.valueOf(row.next() ? row.getString(1) : null);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    int count(String from) {
        return Integer.parseInt(query("select count(*) from " + from));
    }

    void execute(String sql) {
        try (Connection connection = stack.endpoints().postgres().connectAsSuperuser("netbase");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    @Override
    public void close() throws IOException {
        stack.close();
        guardian.close();
        data.close();
        if (System.getProperty("workers.keep") == null) {
            NetbaseUp.delete(directory);
        } else {
            System.out.println("kept: " + directory);
        }
    }
}
