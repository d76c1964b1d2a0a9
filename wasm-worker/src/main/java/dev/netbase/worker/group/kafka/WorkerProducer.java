package dev.netbase.worker.group.kafka;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.jspecify.annotations.Nullable;

/** The worker's one producer. */
@Singleton
public class WorkerProducer {
    private static final Duration CLOSE = Duration.ofSeconds(5);
    private final KafkaClients clients;

    /** Made when it is first needed: that fails while no address of the brokers can be resolved. Guarded by this. */
    private @Nullable KafkaProducer<byte[], byte[]> producer;

    /** Guarded by this. */
    private boolean closed;

    public WorkerProducer(KafkaClients clients) {
        this.clients = clients;
    }

    private synchronized KafkaProducer<byte[], byte[]> producer() {
        if (closed) {
            throw new IllegalStateException("the worker's producer is closed");
        }
        if (producer == null) {
            producer = clients.producer();
        }
        return producer;
    }

    /**
     * Sends a record. Blocks for some seconds if the broker was never reached, or too much is under way.
     *
     * @return completed when the broker has it
     */
    CompletionStage<Void> send(ProducerRecord<byte[], byte[]> record) {
        CompletableFuture<Void> sent = new CompletableFuture<>();
        try {
            var _ = producer().send(record, (metadata, e) -> {
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

    /** Sends what is under way, for 5 s at most, and closes. */
    public synchronized void close() {
        closed = true;
        if (producer != null) {
            producer.close(CLOSE);
        }
    }
}
