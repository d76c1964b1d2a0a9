package dev.netbase.api.run.messaging;

import dev.netbase.api.run.application.SchedulerHints;
import dev.netbase.model.json.Json;
import dev.netbase.model.message.RunRequest;
import dev.netbase.model.topic.Topics;
import dev.netbase.model.trace.TraceParent;
import io.quarkus.runtime.ShutdownEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jboss.logging.MDC;
import org.jspecify.annotations.Nullable;

/**
 * Hints as records of {@code netbase.run.requests}. A thread of its own talks to Kafka, since a producer blocks while it
 * looks for the broker; up to 1,000 hints queue, more are dropped.
 */
@ApplicationScoped
public class KafkaSchedulerHints implements SchedulerHints {
    private static final Logger LOG = Logger.getLogger(KafkaSchedulerHints.class);
    private static final int MAX_QUEUED = 1_000;
    private static final Duration LONGEST_BLOCK = Duration.ofSeconds(2);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final BlockingQueue<Hint> queue = new ArrayBlockingQueue<>(MAX_QUEUED);
    private final String bootstrapServers;
    private @Nullable Thread sender;

    private record Hint(RunRequest request, @Nullable String traceparent) {}

    KafkaSchedulerHints(@ConfigProperty(name = "kafka.bootstrap.servers") String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    @Override
    public void give(RunRequest.Type type, String runId, @Nullable String traceparent) {
        startOnce();
        if (!queue.offer(new Hint(new RunRequest(RunRequest.SCHEMA, type, runId), traceparent))) {
            about(runId, () -> LOG.debugf("too many hints wait; the scheduler will find run %s itself", runId));
        }
    }

    private synchronized void startOnce() {
        if (sender == null) {
            sender = Thread.ofPlatform().name("scheduler-hints").daemon().start(this::sendAll);
        }
    }

    synchronized void stop(@Observes ShutdownEvent event) {
        if (sender != null) {
            sender.interrupt();
        }
    }

    private void sendAll() {
        try {
            while (true) {
                sendUntilFailure();
                Thread.sleep(PAUSE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A producer cannot even be made while no address of the brokers can be resolved. */
    private void sendUntilFailure() throws InterruptedException {
        try (Producer<String, byte[]> producer = new KafkaProducer<>(settings())) {
            while (true) {
                send(producer, queue.take());
            }
        } catch (KafkaException e) {
            LOG.warnf("hints to the scheduler cannot be sent; trying again: %s", e);
        }
    }

    private static void send(Producer<String, byte[]> producer, Hint hint) {
        RunRequest request = hint.request();
        ProducerRecord<String, byte[]> message =
                new ProducerRecord<>(Topics.RUN_REQUESTS, request.runId(), Json.writeBytes(request));
        message.headers().add(new RecordHeader("content-type", "application/json".getBytes(StandardCharsets.UTF_8)));
        if (hint.traceparent() != null) {
            message.headers().add(TraceParent.HEADER, hint.traceparent().getBytes(StandardCharsets.US_ASCII));
        }
        try {
            producer.send(message, (metadata, failure) -> {
                if (failure != null) {
                    dropped(request, failure);
                }
            });
        } catch (KafkaException e) {
            dropped(request, e);
        }
    }

    private static void dropped(RunRequest request, Exception failure) {
        about(
                request.runId(),
                () -> LOG.infof(
                        "the scheduler will find run %s itself, since Kafka did not take the hint: %s",
                        request.runId(), failure));
    }

    private static void about(String runId, Runnable line) {
        MDC.put("run_id", runId);
        try {
            line.run();
        } finally {
            MDC.remove("run_id");
        }
    }

    private Map<String, Object> settings() {
        return Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrapServers,
                ProducerConfig.CLIENT_ID_CONFIG,
                "asset-api",
                ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG,
                StringSerializer.class,
                ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG,
                ByteArraySerializer.class,
                ProducerConfig.ACKS_CONFIG,
                "all",
                ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG,
                true,
                ProducerConfig.LINGER_MS_CONFIG,
                0,
                ProducerConfig.MAX_BLOCK_MS_CONFIG,
                LONGEST_BLOCK.toMillis());
    }
}
