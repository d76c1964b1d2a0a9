package dev.netbase.e2e;

import dev.netbase.standalone.stack.DataDirectory;
import dev.netbase.standalone.stack.PortRequest;
import dev.netbase.standalone.stack.ServiceDefinition;
import dev.netbase.standalone.stack.Stack;
import dev.netbase.standalone.stack.StackOptions;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A stack with several schedulers and workers, which reach PostgreSQL and Kafka through proxies that can fail. */
final class Cluster implements AutoCloseable {
    /** The classes that use it take turns, and with them whoever starts a stack of its own: no third one at a time. */
    static final String IN_USE = "the cluster";

    static final int INSTANCES = 3;
    /** Kept, or the level would be forgotten with it. */
    private static final Logger KAFKA = Logger.getLogger("org.apache.kafka");

    private static final PortRequest ANY = new PortRequest("", OptionalInt.empty());
    private static @Nullable Cluster current;
    private final Path directory;
    private final DataDirectory data;
    private final Stack stack;
    private final Api api;
    private final FaultProxy postgres;
    private final FaultProxy kafka;
    private final Queue<String> said;

    private Cluster(
            Path directory, DataDirectory data, Stack stack, FaultProxy postgres, FaultProxy kafka, Queue<String> said)
            throws IOException {
        this.directory = directory;
        this.data = data;
        this.stack = stack;
        this.postgres = postgres;
        this.kafka = kafka;
        this.said = said;
        this.api = new Api(stack.endpoints().api(), data.root());
    }

    /** One for all tests of this JVM, with three schedulers and three workers. */
    static synchronized Cluster get() throws IOException, InterruptedException {
        if (current == null) {
            current = start();
            Runtime.getRuntime().addShutdownHook(new Thread(Cluster::end, "stop-the-cluster"));
        }
        return current;
    }

    private static synchronized void end() {
        try {
            if (current != null) {
                current.close();
            }
        } catch (IOException e) {
            System.err.println("the cluster's data stay behind: " + e);
        }
    }

    private static Cluster start() throws IOException, InterruptedException {
        silenceKafka();
        List<Integer> ports = freePorts(4);
        FaultProxy postgres = FaultProxy.start(ports.get(1), ports.get(0));
        FaultProxy kafka = FaultProxy.start(ports.get(3), ports.get(2));
        StackOptions options = new StackOptions(
                services(),
                ANY,
                new PortRequest("", OptionalInt.of(ports.get(0))),
                new PortRequest("", OptionalInt.of(ports.get(2))),
                programs(),
                Duration.ofMinutes(4),
                Optional.of(new StackOptions.Detour(ports.get(1), ports.get(3))));
        Path directory = Files.createTempDirectory("netbase-cluster");
        Queue<String> said = new ConcurrentLinkedQueue<>();
        DataDirectory data = DataDirectory.open(directory);
        Cluster cluster = new Cluster(directory, data, Stack.start(options, data, said::add), postgres, kafka, said);
        try {
            if (!cluster.stack.awaitReady()) {
                throw new IllegalStateException("the cluster was stopped while it started");
            }
        } catch (RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** Clients in this JVM say no more than what is an error. */
    static void silenceKafka() {
        KAFKA.setLevel(Level.SEVERE);
    }

    private static List<ServiceDefinition> services() {
        List<ServiceDefinition> services = new ArrayList<>();
        for (ServiceDefinition service : ServiceDefinition.standard(NetbaseUp.home())) {
            IntStream.rangeClosed(1, service.api() ? 1 : INSTANCES)
                    .mapToObj(service::asInstance)
                    .forEach(services::add);
        }
        return services;
    }

    /** Where unpacked programs are kept for this user. */
    static Path programs() {
        String cache = System.getenv("XDG_CACHE_HOME");
        return (cache == null ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(cache)).resolve("netbase");
    }

    /** Below the range from which systems give ports to outgoing connections: a port must stay free over a restart. */
    static List<Integer> freePorts(int count) {
        return new SecureRandom()
                .ints(15_000, 32_000)
                .distinct()
                .filter(Cluster::isFree)
                .limit(count)
                .boxed()
                .toList();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    Api api() {
        return api;
    }

    /** Between the services and PostgreSQL. */
    FaultProxy postgres() {
        return postgres;
    }

    /** Between all clients and Kafka. */
    FaultProxy kafka() {
        return kafka;
    }

    /** Kafka, for clients; they are told to go through the proxy as well. */
    String bootstrapServers() {
        return stack.endpoints().kafka();
    }

    /** The database, past the proxy. */
    Connection database() throws SQLException {
        return stack.endpoints().postgres().connectAsSuperuser("netbase");
    }

    Path data() {
        return data.root();
    }

    /** Waits until PostgreSQL and the broker do their work, and the processes of all services live. */
    void awaitProcesses() {
        Awaitility.await().atMost(Duration.ofMinutes(1)).ignoreExceptions().until(() -> {
            try (Connection connection = database();
                    Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
                return connection.isValid(1)
                        && !admin.listTopics().names().get(2, TimeUnit.SECONDS).isEmpty();
            }
        });
        Awaitility.await()
                .atMost(Duration.ofMinutes(1))
                .ignoreExceptions()
                .until(() -> names().stream().allMatch(name -> answers(name, "/q/health/live")));
    }

    /** Whether a service says that it can do its work, by the name of its process. */
    boolean isReady(String name) {
        return answers(name, "/q/health/ready");
    }

    private boolean answers(String name, String path) {
        try {
            HttpURLConnection connection = (HttpURLConnection)
                    stack.service(name).resolve(path).toURL().openConnection();
            connection.setConnectTimeout(2_000);
            connection.setReadTimeout(20_000);
            return connection.getResponseCode() == 200;
        } catch (IOException e) {
            throw new UncheckedIOException(name + " does not answer", e);
        }
    }

    /** What a service has at {@code /q/metrics}, by the name of its process. */
    String metrics(String name) throws IOException {
        try (InputStream body =
                stack.service(name).resolve("/q/metrics").toURL().openStream()) {
            return new String(body.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** The names of the processes of services. */
    static List<String> names() {
        return services().stream().map(ServiceDefinition::processName).toList();
    }

    /** What the supervisor said so far. */
    List<String> said() {
        return List.copyOf(said);
    }

    /** {@code kill -9} of a process by its name, {@code wasm-worker-2} for one; nothing if it is not running now. */
    void kill(String name) {
        stack.pid(name).ifPresent(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }

    @Override
    public void close() throws IOException {
        stack.close();
        postgres.close();
        kafka.close();
        data.close();
        if (System.getProperty("chaos.keep") == null) {
            NetbaseUp.delete(directory);
        } else {
            System.out.println("kept: " + directory);
        }
    }
}
