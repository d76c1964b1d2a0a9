package dev.netbase.standalone.bench;

import dev.netbase.standalone.postgres.PostgresAccess;
import dev.netbase.standalone.process.StartupException;
import java.io.IOException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * What PostgreSQL and Kafka alone take for the least that a durable system asks of them, on the stack and the machine that
 * the workloads are measured on. A neighbour slows both down; their ratio stays nearer to what the program is.
 *
 * @param commitMillis one row changed and committed, the median of many in a row
 * @param kafkaHopMillis one record from a producer to a consumer that waits for it, the median of many in a row
 * @param thousandTasksMillis three statements of 1,000 rows each, every one with its commit: inserted, then running, then
 *     completed
 */
record Floor(double commitMillis, double kafkaHopMillis, double thousandTasksMillis) {
    private static final int TIMES = 500;
    private static final int BATCHES = 30;
    private static final int BATCH = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String INSERT = """
            insert into bench_floor (run_id, id, node_key, status, inputs)
            select ?, u.id, 'each', 'PENDING', '{"n":1}' from unnest(?::bigint[]) u(id)""";
    private static final String RUN = """
            update bench_floor t set status = 'RUNNING', started_at = now()
            from unnest(?::bigint[]) u(id) where t.run_id = ? and t.id = u.id and t.status = 'PENDING'""";
    private static final String COMPLETE = """
            update bench_floor t set status = 'COMPLETED', output = '{"n":1}', finished_at = now()
            from unnest(?::bigint[]) u(id) where t.run_id = ? and t.id = u.id and t.status = 'RUNNING'""";

    static Floor measure(PostgresAccess postgres, String kafka) throws IOException, InterruptedException {
        try (Connection connection = postgres.connectAsSuperuser(PostgresAccess.DATABASE)) {
            return new Floor(commit(connection), hop(kafka), thousandTasks(connection));
        } catch (SQLException e) {
            throw new IOException("PostgreSQL alone could not be measured: " + e.getMessage(), e);
        } catch (ExecutionException e) {
            throw new IOException("Kafka alone could not be measured: " + e.getMessage(), e);
        }
    }

    /** The mean of two, of which one was taken before the workloads and the other after. */
    Floor mean(Floor other) {
        return new Floor(
                (commitMillis + other.commitMillis) / 2,
                (kafkaHopMillis + other.kafkaHopMillis) / 2,
                (thousandTasksMillis + other.thousandTasksMillis) / 2);
    }

    /**
     * Adds the floor to figures of workloads, and how far above it they are. A hop of a chain needs two records and two
     * commits; a task of many needs its share of the three statements.
     */
    void addTo(Map<String, Double> figures) {
        figures.put("floor_commit_ms", commitMillis);
        figures.put("floor_kafka_hop_ms", kafkaHopMillis);
        figures.put("floor_1000_tasks_ms", thousandTasksMillis);
        for (String workload : List.of("w1", "w2")) {
            Double rate = figures.get(workload + "_tasks_per_second");
            if (rate != null) {
                figures.put(workload + "_by_floor", 1_000 * BATCH / rate / thousandTasksMillis);
            }
        }
        Double hop = figures.get("w3_ms_per_task_in_a_row");
        if (hop != null) {
            figures.put("w3_by_floor", hop / (2 * kafkaHopMillis + 2 * commitMillis));
        }
    }

    private static double commit(Connection connection) throws SQLException {
        History.run(connection, "create table if not exists bench_floor_commit as select 0 as n");
        try (PreparedStatement update = connection.prepareStatement("update bench_floor_commit set n = n + 1")) {
            return Times.median(TIMES, update::execute);
        } finally {
            History.run(connection, "drop table bench_floor_commit");
        }
    }

    private static double thousandTasks(Connection connection) throws SQLException {
        History.run(connection, """
                create table bench_floor (run_id text collate "C" not null, id bigint not null, node_key text not null,
                    status text not null, inputs json, output json, started_at timestamptz, finished_at timestamptz,
                    primary key (run_id, id)) with (fillfactor = 50)""");
        try (PreparedStatement insert = connection.prepareStatement(INSERT);
                PreparedStatement run = connection.prepareStatement(RUN);
                PreparedStatement complete = connection.prepareStatement(COMPLETE)) {
            return Times.median(BATCHES, () -> {
                String id = UUID.randomUUID().toString();
                Array ids = connection.createArrayOf("bigint", ids());
                insert.setString(1, id);
                insert.setArray(2, ids);
                insert.execute();
                for (PreparedStatement update : List.of(run, complete)) {
                    update.setArray(1, ids);
                    update.setString(2, id);
                    update.execute();
                }
            });
        } finally {
            History.run(connection, "drop table bench_floor");
        }
    }

    private static Object[] ids() {
        Object[] ids = new Object[BATCH];
        for (int i = 0; i < BATCH; i++) {
            ids[i] = (long) i;
        }
        return ids;
    }

    private static double hop(String kafka) throws ExecutionException, InterruptedException {
        String topic = "netbase-bench-" + UUID.randomUUID();
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, kafka))) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
            try {
                return hop(kafka, topic);
            } finally {
                admin.deleteTopics(List.of(topic)).all().get();
            }
        }
    }

    private static double hop(String kafka, String topic) {
        Map<String, Object> settings = Map.of("bootstrap.servers", kafka, "acks", "all", "linger.ms", "0");
        try (KafkaProducer<String, String> producer =
                        new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer());
                KafkaConsumer<String, String> consumer =
                        new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            TopicPartition partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            return Times.median(TIMES, () -> {
                var _ = producer.send(new ProducerRecord<>(topic, "{\"n\":1}"));
                if (consumer.poll(PATIENCE).isEmpty()) {
                    throw new StartupException("A record at " + kafka + " has not come back in " + PATIENCE + ".");
                }
            });
        }
    }

    /** Times of something done again and again. */
    private static final class Times {
        private Times() {}

        /** The median in milliseconds of so many, after as many that do not count. */
        static <E extends Exception> double median(int times, Action<E> action) throws E {
            List<Double> millis = new ArrayList<>();
            for (int i = -times; i < times; i++) {
                long begun = System.nanoTime();
                action.perform();
                if (i >= 0) {
                    millis.add((System.nanoTime() - begun) / 1e6);
                }
            }
            return Measurement.quantile(millis, 0.5);
        }
    }

    /** Something that is timed. */
    @FunctionalInterface
    private interface Action<E extends Exception> {
        void perform() throws E;
    }
}
