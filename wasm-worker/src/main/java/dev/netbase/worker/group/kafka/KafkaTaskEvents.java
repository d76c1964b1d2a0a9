package dev.netbase.worker.group.kafka;

import com.fasterxml.jackson.databind.util.RawValue;
import dev.netbase.model.json.Json;
import dev.netbase.model.message.TaskEvent;
import dev.netbase.model.topic.Topics;
import dev.netbase.model.trace.TraceParent;
import dev.netbase.worker.group.application.TaskEvents;
import dev.netbase.worker.group.application.TaskTraces;
import dev.netbase.worker.group.application.WorkerMetrics;
import dev.netbase.worker.group.domain.Claim;
import dev.netbase.worker.group.domain.TaskResult;
import jakarta.inject.Singleton;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.jboss.logging.Logger;

/** Task events to Kafka, sent by a thread of its own: a broker that is away holds up no result. */
@Singleton
public class KafkaTaskEvents implements TaskEvents {
    private static final Logger LOG = Logger.getLogger(KafkaTaskEvents.class);
    private static final int BATCHES_WAITING = 1_000;
    private static final Duration CLOSE = Duration.ofSeconds(5);

    private static final List<Header> HEADERS =
            List.of(new RecordHeader("content-type", "application/json".getBytes(StandardCharsets.UTF_8)));
    private final WorkerProducer producer;
    private final WorkerMetrics metrics;
    private final TaskTraces traces;
    private final ThreadPoolExecutor thread = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(BATCHES_WAITING),
            Thread.ofPlatform().name("task-events").daemon().factory());

    public KafkaTaskEvents(WorkerProducer producer, WorkerMetrics metrics, TaskTraces traces) {
        this.producer = producer;
        this.metrics = metrics;
        this.traces = traces;
    }

    @Override
    public void send(List<TaskResult> written) {
        if (written.isEmpty()) {
            return;
        }
        try {
            thread.execute(() -> sendAll(written));
        } catch (RejectedExecutionException e) {
            failed(written.size(), "too many are waiting already");
        }
    }

    /** All are made before the first is sent, which the producer does not wait with: so most go as one request. */
    private void sendAll(List<TaskResult> written) {
        List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>(written.size());
        for (TaskResult result : written) {
            try {
                records.add(record(result));
            } catch (RuntimeException e) {
                failed(1, e.toString());
            }
        }
        records.forEach(this::send);
    }

    private void send(ProducerRecord<byte[], byte[]> record) {
        try {
            var _ = producer.send(record).exceptionally(e -> {
                failed(1, e.toString());
                return null;
            });
        } catch (RuntimeException e) {
            failed(1, e.toString());
        }
    }

    private void failed(int count, String reason) {
        metrics.eventsFailed(count);
        LOG.warnf("%d task events were not sent: %s", count, reason);
    }

    private ProducerRecord<byte[], byte[]> record(TaskResult result) {
        byte[] key = result.claim().key().runId().getBytes(StandardCharsets.UTF_8);
        return new ProducerRecord<>(
                Topics.TASK_EVENTS, null, null, key, Json.writeBytes(event(result)), headers(result));
    }

    private List<Header> headers(TaskResult result) {
        String traceparent = traces.of(result.claim().groupId());
        return traceparent == null
                ? HEADERS
                : List.of(
                        HEADERS.getFirst(),
                        new RecordHeader(TraceParent.HEADER, traceparent.getBytes(StandardCharsets.US_ASCII)));
    }

    private static TaskEvent event(TaskResult result) {
        Claim claim = result.claim();
        TaskResult.Failure error = result.error();
        String output = result.output();
        String artifacts = result.artifacts();
        return new TaskEvent(
                TaskEvent.SCHEMA,
                error == null ? TaskEvent.Type.TASK_COMPLETED : TaskEvent.Type.TASK_FAILED,
                claim.key().eventId(),
                claim.key().runId(),
                claim.groupId(),
                claim.key().taskInstanceId(),
                claim.key().attempt(),
                output == null ? null : new RawValue(output),
                error == null ? null : new TaskEvent.TaskError(error.code(), error.message()),
                artifacts == null ? null : new RawValue(artifacts));
    }

    /** Gives what is waiting to the producer, which is to be closed after this: 5 s at most. */
    public void close() throws InterruptedException {
        thread.shutdown();
        if (!thread.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
            LOG.warnf(
                    "%d batches of task events were not sent before the end",
                    thread.shutdownNow().size());
        }
    }
}
