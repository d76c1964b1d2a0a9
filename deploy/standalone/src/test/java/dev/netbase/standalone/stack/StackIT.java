package dev.netbase.standalone.stack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.netbase.model.topic.Topics;
import dev.netbase.standalone.StandInService;
import dev.netbase.standalone.postgres.PostgresAccess;
import dev.netbase.standalone.process.CommandLines;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real PostgreSQL, a real broker, and stand-ins for the services. */
class StackIT {
    private static final PortRequest ANY = new PortRequest("", OptionalInt.empty());
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    static Path directory;

    private static DataDirectory data;
    private static Stack stack;

    @BeforeAll
    static void start() throws Exception {
        data = DataDirectory.open(directory.resolve("data"));
        startStack();
    }

    @AfterAll
    static void stop() {
        stack.close();
        data.close();
    }

    @Test
    void shouldKeepWhatTheDatabaseCommitsThroughAPowerFailure() throws SQLException {
        PostgresAccess postgres = stack.endpoints().postgres();
        try (Connection connection = postgres.connectAsSuperuser(PostgresAccess.DATABASE)) {
            for (String setting : List.of("fsync", "synchronous_commit", "full_page_writes", "data_checksums")) {
                assertThat(query(connection, "SHOW " + setting)).as(setting).isEqualTo("on");
            }
            assertThat(query(connection, "SHOW max_connections")).isEqualTo("200");
            assertThat(query(connection, "SHOW listen_addresses")).isEqualTo("127.0.0.1");
        }
    }

    @Test
    void shouldGiveTheServicesADatabaseOfTheirOwnWithoutSuperuser() throws SQLException {
        PostgresAccess postgres = stack.endpoints().postgres();
        try (Connection connection = asService(postgres)) {
            assertThat(query(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
                    .isEqualTo("f");
            assertThat(query(connection, "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'netbase'"))
                    .isEqualTo(PostgresAccess.ROLE);
        }
    }

    @Test
    void shouldCreateEveryTopicWithItsPartitions() throws Exception {
        try (Admin admin =
                Admin.create(Map.of("bootstrap.servers", stack.endpoints().kafka()))) {
            List<String> names = Topics.all(1).stream().map(Topics.Shape::name).toList();

            Map<String, Integer> partitions =
                    admin.describeTopics(names).allTopicNames().get(60, TimeUnit.SECONDS).entrySet().stream()
                            .collect(Collectors.toMap(
                                    Map.Entry::getKey,
                                    topic -> topic.getValue().partitions().size()));

            assertThat(partitions)
                    .isEqualTo(Topics.all(1).stream()
                            .collect(Collectors.toMap(Topics.Shape::name, Topics.Shape::partitions)));
        }
    }

    @Test
    void shouldTellTheServicesWhereEverythingIs() throws Exception {
        String environment = environmentOfApi();

        assertThat(environment)
                .contains("QUARKUS_HTTP_HOST=127.0.0.1")
                .contains("QUARKUS_DATASOURCE_JDBC_URL=jdbc:postgresql://127.0.0.1:")
                .contains("KAFKA_BOOTSTRAP_SERVERS=" + stack.endpoints().kafka())
                .contains("NETBASE_MODULES_ROOT=" + data.modules())
                .contains("NETBASE_SECURITY_ADMIN_TOKEN_FILE=" + data.adminToken());
    }

    @Test
    void shouldNameEachServiceOnItsOwnCommandLineOnly() {
        for (String name : List.of("asset-api", "scheduler-service", "wasm-worker")) {
            List<Long> named = ProcessHandle.current()
                    .descendants()
                    .filter(process -> CommandLines.of(process).contains(name))
                    .map(ProcessHandle::pid)
                    .toList();

            assertThat(named).as(name).containsExactly(stack.pid(name).orElseThrow());
        }
    }

    @Test
    void shouldStartAKilledServiceAgainOnTheSamePort() {
        kill("asset-api");

        await().atMost(PATIENCE)
                .ignoreExceptions()
                .untilAsserted(() -> assertThat(environmentOfApi()).isNotEmpty());
    }

    @Test
    void shouldRecoverAKilledDatabaseWithWhatWasCommitted() throws SQLException {
        PostgresAccess postgres = stack.endpoints().postgres();
        try (Connection connection = asService(postgres);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE kept (value text)");
            statement.execute("INSERT INTO kept VALUES ('before the crash')");
        }

        kill("postgres");

        await().atMost(PATIENCE).ignoreExceptions().untilAsserted(() -> {
            try (Connection connection = asService(postgres)) {
                assertThat(query(connection, "SELECT value FROM kept")).isEqualTo("before the crash");
            }
        });
    }

    @Test
    void shouldKeepDatabaseAndRecordsOverAStopAKillAndOtherPorts() throws Exception {
        send(Topics.WORKFLOW_EVENTS, "one");
        Endpoints first = stack.endpoints();

        kill("kafka");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(stack.pid("kafka")).isPresent());
        send(Topics.WORKFLOW_EVENTS, "two");
        stack.close();
        startStack();

        assertThat(stack.endpoints()).isNotEqualTo(first);
        assertThat(records(Topics.WORKFLOW_EVENTS)).containsExactly("one", "two");
    }

    private static void startStack() throws Exception {
        StackOptions options = new StackOptions(
                StandInService.three(), ANY, ANY, ANY, directory.resolve("programs"), Duration.ofMinutes(4));
        stack = Stack.start(options, data, _ -> {});
        assertThat(stack.awaitReady()).isTrue();
    }

    private static void kill(String name) {
        long pid = stack.pid(name).orElseThrow();
        Optional<ProcessHandle> process = ProcessHandle.of(pid);
        process.ifPresent(ProcessHandle::destroyForcibly);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(stack.pid(name)).isPresent().isNotEqualTo(process.map(_ -> pid)));
    }

    private static String environmentOfApi() throws Exception {
        URI health = stack.endpoints().api().resolve("/q/health/ready");
        HttpURLConnection connection = (HttpURLConnection) health.toURL().openConnection();
        return new String(connection.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static Connection asService(PostgresAccess postgres) throws SQLException {
        return DriverManager.getConnection(postgres.jdbcUrl(), PostgresAccess.ROLE, postgres.password());
    }

    private static String query(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getString(1);
        }
    }

    private static void send(String topic, String value) throws Exception {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", stack.endpoints().kafka(),
                "key.serializer", StringSerializer.class,
                "value.serializer", StringSerializer.class);
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(settings)) {
            producer.send(new ProducerRecord<>(topic, 0, "key", value)).get(60, TimeUnit.SECONDS);
        }
    }

    private static List<String> records(String topic) {
        Map<String, Object> settings = Map.of(
                "bootstrap.servers", stack.endpoints().kafka(),
                "key.deserializer", StringDeserializer.class,
                "value.deserializer", StringDeserializer.class);
        try (KafkaConsumer<String, String> consumer = new KafkaConsumer<>(settings)) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            List<String> values = new ArrayList<>();
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            while (consumer.position(partition) < end) {
                consumer.poll(Duration.ofSeconds(1)).forEach(record -> values.add(record.value()));
            }
            return values;
        }
    }
}
