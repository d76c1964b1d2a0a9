package dev.netbase.worker.group.kafka;

import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/** The worker's one producer. */
@Singleton
public class WorkerProducer {
    private static final Duration CLOSE = Duration.ofSeconds(2);
    private final KafkaProducer<byte[], byte[]> producer;

    public WorkerProducer(KafkaClients clients) {
        this.producer = clients.producer();
    }

    /**
     * Sends a record. Blocks for some seconds if the broker was never reached, or too much is under way.
     *
     * @return completed when the broker has it
     */
    CompletionStage<Void> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try {
            var _ = producer.send(record, (metadata, e) -> {
                if (e == null) {
                    sent.complete(null);
                } else {
                    sent.completeExceptionally(e);
                }
            });
        } catch (KafkaException | IllegalStateException e) {
            sent.completeExceptionally(e);
        }
        return sent;
    }

    /** Sends what is under way, for a short while, and closes. */
    @PreDestroy
    public void close() {
        producer.close(CLOSE);
    }
}
