package dev.netbase.worker.group.kafka;

import dev.netbase.model.topic.Topics;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Puts records that cannot be read aside for operators: the bytes as they came, and where they came from. */
@Singleton
public class DeadLetters {
    private static final Logger LOG = Logger.getLogger(DeadLetters.class);
    private final WorkerProducer producer;

    public DeadLetters(WorkerProducer producer) {
        this.producer = producer;
    }

    /**
     * Sends one; true when the broker has it. A record that fits into its topic may not fit into this one, with the
     * headers it has more: then it goes without its value.
     */
    CompletionStage<Boolean> send(ConsumerRecord<byte[], byte[]> record, String reason) {
        RecordHeaders headers = new RecordHeaders(record.headers());
        headers.add("netbase-topic", utf8(record.topic()));
        headers.add("netbase-partition", utf8(Integer.toString(record.partition())));
        headers.add("netbase-offset", utf8(Long.toString(record.offset())));
        headers.add("netbase-reason", utf8(reason));
        return send(record, record.value(), headers)
                .exceptionallyCompose(e -> {
                    if (!(cause(e) instanceof RecordTooLargeException)) {
                        return CompletableFuture.failedFuture(e);
                    }
                    headers.add("netbase-omitted", utf8("value"));
                    return send(record, null, headers);
                })
                .handle((sent, e) -> {
                    if (e == null) {
                        return true;
                    }
                    if (cause(e) instanceof RecordTooLargeException) {
                        LOG.errorf("record %d of %s is too large to be a dead letter", record.offset(), record.topic());
                        return true;
                    }
                    LOG.warnf("a dead letter could not be sent and will be again: %s", e.toString());
                    return false;
                });
    }

    private CompletionStage<Void> send(
            ConsumerRecord<byte[], byte[]> record, byte @Nullable [] value, RecordHeaders headers) {
        return producer.send(new ProducerRecord<>(Topics.DEAD_LETTERS, null, null, record.key(), value, headers));
    }

    private static Throwable cause(Throwable failure) {
        return failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
