package dev.netbase.standalone.kafka;

import dev.netbase.model.topic.Topics;
import dev.netbase.standalone.process.ProcessSpec;
import dev.netbase.standalone.process.StopSignal;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/** The embedded broker as the supervisor sees it. */
public final class KafkaProcess {
    private static final int CONNECT_MILLIS = 500;
    private static final int TOPICS_SECONDS = 60;
    private static final short REPLICAS = 1;
    /** Compiles early, as the services do: else it is still half interpreted when the first thousands of records came. */
    private static final List<String> JVM_FLAGS = List.of(
            "-Xms64m",
            "-Xmx320m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-XX:CompileThresholdScaling=0.1",
            "-XX:+ExitOnOutOfMemoryError",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow");

    private final Path data;
    private final int port;
    private final int advertisedPort;
    private final int controllerPort;

    /**
     * @param data the broker's directory
     * @param port for clients, on 127.0.0.1
     * @param advertisedPort what clients are told to connect to
     * @param controllerPort for the broker itself, on 127.0.0.1
     */
    public KafkaProcess(Path data, int port, int advertisedPort, int controllerPort) {
        this.data = data;
        this.port = port;
        this.advertisedPort = advertisedPort;
        this.controllerPort = controllerPort;
    }

    /** What clients connect to. */
    public String bootstrapServers() {
        return "127.0.0.1:" + port;
    }

    /**
     * The broker as a process to keep alive.
     *
     * @param java the JDK's launcher
     * @param classPath this module's jar, whose manifest names the rest
     */
    public ProcessSpec process(Path java, String classPath, Path log) {
        List<String> command = new ArrayList<>(List.of(java.toString(), "-Dnetbase.data=" + data));
        command.addAll(JVM_FLAGS);
        command.addAll(List.of(
                "-cp",
                classPath,
                KafkaBroker.class.getName(),
                data.toString(),
                Integer.toString(port),
                Integer.toString(advertisedPort),
                Integer.toString(controllerPort)));
        return new ProcessSpec("kafka", command, Map.of(), log, StopSignal.TERMINATE, this::accepts);
    }

    /** The broker opens its port when it has joined its quorum and read its logs. */
    private boolean accepts() throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.1", port), CONNECT_MILLIS);
            return true;
        }
    }

    /**
     * Creates the topics that are missing; existing ones keep their partitions.
     *
     * @param readers how many schedulers, or workers, are to share the work
     */
    public void createTopics(int readers) throws ExecutionException, InterruptedException, TimeoutException {
        Map<String, Object> settings = Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers());
        Admin admin = Admin.create(settings);
        try {
            Set<String> existing = admin.listTopics().names().get(TOPICS_SECONDS, TimeUnit.SECONDS);
            List<NewTopic> missing = Topics.all(readers).stream()
                    .filter(topic -> !existing.contains(topic.name()))
                    .map(topic -> new NewTopic(topic.name(), topic.partitions(), REPLICAS))
                    .toList();
            admin.createTopics(missing).all().get(TOPICS_SECONDS, TimeUnit.SECONDS);
        } finally {
            admin.close(Duration.ofSeconds(1));
        }
    }
}
