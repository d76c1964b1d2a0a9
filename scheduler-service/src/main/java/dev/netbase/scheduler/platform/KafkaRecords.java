package dev.netbase.scheduler.platform;

import io.quarkus.runtime.ShutdownEvent;
import jakarta.annotation.Priority;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.interceptor.Interceptor;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.function.Consumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Sends records: idempotent, acknowledged by all replicas, without lingering. Safe for use by many threads. */
@ApplicationScoped
public class KafkaRecords {
    private static final int LINGER_MILLIS = 2;
    private final KafkaProducer<byte[], byte[]> producer;

    public KafkaRecords(@ConfigProperty(name = "kafka.bootstrap.servers") String servers) {
        this.producer = new KafkaProducer<>(
                Map.of(
                        ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        servers,
                        ProducerConfig.CLIENT_ID_CONFIG,
                        "netbase-scheduler",
                        ProducerConfig.ACKS_CONFIG,
                        "all",
                        ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                        true,
                        ProducerConfig.LINGER_MS_CONFIG,
                        LINGER_MILLIS,
                        ProducerConfig.BATCH_SIZE_CONFIG,
                        262_144,
                        ProducerConfig.MAX_BLOCK_MS_CONFIG,
                        3_000,
                        ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG,
                        30_000,
                        ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        10_000),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    /**
     * Sends a record, blocking only while the producer's buffer is full or the cluster unknown (3 s at most).
     *
     * @param done told null when the broker has the record, or why it does not; called on the producer's thread
     */
    public void send(
            String topic, String key, byte[] value, Map<String, String> headers, Consumer<@Nullable Exception> done) {
        send(topic, null, key, value, headers, done);
    }

    /**
     * The same to the partition in which a record with another key would be.
     *
     * @param place that key; null for the record's own
     */
    public void send(
            String topic,
            @Nullable String place,
            String key,
            byte[] value,
            Map<String, String> headers,
            Consumer<@Nullable Exception> done) {
        try {
            ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(
                    topic, place == null ? null : partition(topic, place), key.getBytes(StandardCharsets.UTF_8), value);
            headers.forEach((name, text) -> record.headers().add(name, text.getBytes(StandardCharsets.UTF_8)));
            send(record, done);
        } catch (RuntimeException e) {
            done.accept(e);
        }
    }

    private int partition(String topic, String key) {
        return BuiltInPartitioner.partitionForKey(
                key.getBytes(StandardCharsets.UTF_8),
                producer.partitionsFor(topic).size());
    }

    /** Has what was given before sent at once, which else waits up to 2 ms for more, and blocks until that has an answer. */
    public void flush() {
        producer.flush();
    }

    /** Sends a record as it is; see the other method. */
    public void send(ProducerRecord<byte[], byte[]> record, Consumer<@Nullable Exception> done) {
        try {
            producer.send(record, (metadata, failure) -> done.accept(failure));
        } catch (RuntimeException e) {
            done.accept(e);
        }
    }

    /** After the threads that send have been stopped, which have no priority of their own. */
    void close(@Observes @Priority(Interceptor.Priority.LIBRARY_AFTER) ShutdownEvent event) {
        producer.close(Duration.ofSeconds(5));
    }
}
