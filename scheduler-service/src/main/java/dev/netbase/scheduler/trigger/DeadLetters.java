package dev.netbase.scheduler.trigger;

import dev.netbase.model.topic.Topics;
import dev.netbase.scheduler.platform.KafkaRecords;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;
import org.jboss.logging.Logger;

/** Hands records that nobody can read to the operators: the original bytes, with where they came from and why. */
@ApplicationScoped
public class DeadLetters {
    private static final Logger LOG = Logger.getLogger(DeadLetters.class);
    private final KafkaRecords kafka;
    private final Counter count;
    private final List<CompletableFuture<Void>> open = new ArrayList<>();

    public DeadLetters(KafkaRecords kafka, MeterRegistry metrics) {
        this.kafka = kafka;
        this.count = metrics.counter("netbase.scheduler.dead.letters");
    }

    /** Sends a record to the dead letters. Its offset may be committed after {@link #await}. */
    public void add(ConsumerRecord<byte[], byte[]> record, String reason) {
        LOG.warnf("dead letter from %s-%d@%d: %s", record.topic(), record.partition(), record.offset(), reason);
        ProducerRecord<byte[], byte[]> letter =
                new ProducerRecord<>(Topics.DEAD_LETTERS, null, record.key(), record.value());
        Headers headers = letter.headers();
        record.headers().forEach(headers::add);
        header(headers, "netbase-topic", record.topic());
        header(headers, "netbase-partition", String.valueOf(record.partition()));
        header(headers, "netbase-offset", String.valueOf(record.offset()));
        header(headers, "netbase-reason", reason);
        CompletableFuture<Void> sent = new CompletableFuture<>();
        kafka.send(letter, failure -> {
            if (failure == null) {
                sent.complete(null);
            } else {
                sent.completeExceptionally(failure);
            }
        });
        open.add(sent);
        count.increment();
    }

    private static void header(Headers headers, String name, String value) {
        headers.remove(name);
        headers.add(name, value.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Waits until the broker has all letters.
     *
     * @throws RuntimeException if it does not take one
     */
    public void await() {
        try {
            open.forEach(CompletableFuture::join);
        } finally {
            open.clear();
        }
    }
}
