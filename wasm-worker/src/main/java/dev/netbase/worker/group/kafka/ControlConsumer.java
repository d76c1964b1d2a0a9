package dev.netbase.worker.group.kafka;

import dev.netbase.model.message.TaskControl;
import dev.netbase.model.topic.Topics;
import dev.netbase.worker.group.application.CancellationWatch;
import dev.netbase.worker.group.application.WorkerMetrics;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads every control record from now on; each worker reads them all. A record that is missed or unreadable is made up
 * for by {@link CancellationWatch#tick}.
 */
@Singleton
public class ControlConsumer {
    private static final Logger LOG = Logger.getLogger(ControlConsumer.class);
    private static final Duration POLL = Duration.ofSeconds(1);
    private static final Duration RESTART_PAUSE = Duration.ofSeconds(1);
    private final KafkaClients clients;
    private final CancellationWatch cancellations;
    private final DeadLetters deadLetters;
    private final WorkerMetrics metrics;
    private final StopSignal stopping = new StopSignal();
    private volatile @Nullable KafkaConsumer<byte[], byte[]> current;

    public ControlConsumer(
            KafkaClients clients, CancellationWatch cancellations, DeadLetters deadLetters, WorkerMetrics metrics) {
        this.clients = clients;
        this.cancellations = cancellations;
        this.deadLetters = deadLetters;
        this.metrics = metrics;
    }

    /** Reads until {@link #stop}. A failure ends one consumer; the next begins after a pause. */
    public void run() {
        while (!stopping.isGiven()) {
            try (KafkaConsumer<byte[], byte[]> consumer = clients.reader()) {
                current = consumer;
                List<TopicPartition> partitions = consumer.partitionsFor(Topics.TASK_CONTROL).stream()
                        .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                        .toList();
                if (partitions.isEmpty()) {
                    stopping.await(RESTART_PAUSE);
                    continue;
                }
                consumer.assign(partitions);
                consumer.seekToEnd(partitions);
                while (!stopping.isGiven()) {
                    consumer.poll(POLL).forEach(this::handle);
                }
            } catch (WakeupException e) {
                LOG.debug("the control consumer is stopped");
            } catch (RuntimeException e) {
                LOG.warnf("the control consumer failed and starts anew: %s", e.toString());
                stopping.await(RESTART_PAUSE);
            } finally {
                current = null;
            }
        }
    }

    /** Makes {@link #run} end soon. */
    public void stop() {
        stopping.give();
        @Nullable KafkaConsumer<byte[], byte[]> consumer = current;
        if (consumer != null) {
            consumer.wakeup();
        }
    }

    private void handle(ConsumerRecord<byte[], byte[]> record) {
        switch (ControlReader.read(record.value())) {
            case ControlReader.Command(TaskControl control) -> {
                switch (control.type()) {
                    case CANCEL_RUN -> cancellations.cancel(control.runId());
                    case STOP_TASKS -> cancellations.check(control.runId());
                }
            }
            case ControlReader.Unreadable(String reason) -> {
                LOG.warnf("control record %d-%d is unreadable: %s", record.partition(), record.offset(), reason);
                metrics.deadLetter();
                // Once: others read it as well, and what it asked for the database says too.
                var _ = deadLetters.send(record, reason);
            }
        }
    }
}
