package dev.netbase.scheduler.trigger;

import dev.netbase.model.topic.Topics;
import dev.netbase.scheduler.platform.KafkaRecords;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Startup;
import jakarta.enterprise.context.ApplicationScoped;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.Headers;
import org.jboss.logging.Logger;

/** Hands records that nobody can read to the operators: the original bytes, with where they came from and why. */
@Startup
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
        open.add(send(letter));
        count.increment();
    }

    /** A record that fits into its topic may not fit into this one, with the headers it has more: then it goes without its value. */
    private CompletableFuture<Void> send(ProducerRecord<byte[], byte[]> letter) {
        return sent(letter).exceptionallyCompose(failure -> {
            Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
            if (!(cause instanceof RecordTooLargeException) || letter.value() == null) {
                return CompletableFuture.failedFuture(failure);
            }
            ProducerRecord<byte[], byte[]> without =
                    new ProducerRecord<>(letter.topic(), null, null, letter.key(), null, letter.headers());
            header(without.headers(), "netbase-omitted", "value");
            return sent(without);
        });
    }

    private CompletableFuture<Void> sent(ProducerRecord<byte[], byte[]> letter) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        kafka.send(letter, failure -> {
            if (failure == null) {
                sent.complete(null);
            } else {
                sent.completeExceptionally(failure);
            }
        });
        return sent;
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
