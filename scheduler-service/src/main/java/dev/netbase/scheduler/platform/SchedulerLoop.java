package dev.netbase.scheduler.platform;

import dev.netbase.model.topic.Topics;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The scheduler's one thread: takes what Kafka has, handles it as one batch, and commits the offsets after the
 * database's transaction. While a batch is handled the next gathers, so batches grow with the load. When the database
 * or Kafka is away it waits and takes the same batch again.
 */
@ApplicationScoped
public class SchedulerLoop {
    private static final Logger LOG = Logger.getLogger(SchedulerLoop.class);
    /** A turn that takes longer waits for an answer that may not come: the loop does not work. */
    private static final Duration LONGEST_TURN = Duration.ofSeconds(10);

    private static final Duration MAX_POLL = Duration.ofMillis(200);
    /** Also while there is something else to do. */
    private static final Duration POLL_AT_LEAST = Duration.ofMillis(10);

    private static final Duration COMMIT_EVERY = Duration.ofMillis(200);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(100);
    private static final Duration LEAVE = Duration.ofSeconds(2);
    private static final Duration MAX_BACKOFF = Duration.ofSeconds(1);

    private final BatchHandler handler;
    private final Database database;
    private final Map<String, Object> consumerConfig;
    private final Map<TopicPartition, OffsetAndMetadata> handled = new HashMap<>();
    private final Thread thread = new Thread(this::run, "scheduler-loop");
    private volatile boolean stopping;
    private volatile boolean working;
    private volatile boolean polling;
    private final GroupHealth group = new GroupHealth();
    private volatile Instant lastTurn = Instant.MIN;
    private volatile @Nullable KafkaConsumer<byte[], byte[]> consumer;
    private Instant nextCommit = Instant.MIN;
    private long lastPoll = System.nanoTime();

    public SchedulerLoop(
            BatchHandler handler,
            Database database,
            HintChannel hints,
            SchedulerConfig config,
            @ConfigProperty(name = "kafka.bootstrap.servers") String servers) {
        this.handler = handler;
        this.database = database;
        this.consumerConfig = consumerConfig(servers, config);
        hints.onArrival(this::wake);
    }

    private static Map<String, Object> consumerConfig(String servers, SchedulerConfig config) {
        Map<String, Object> settings = new HashMap<>();
        settings.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, servers);
        settings.put(ConsumerConfig.GROUP_ID_CONFIG, "netbase-scheduler");
        settings.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
        settings.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
        settings.put(ConsumerConfig.MAX_POLL_RECORDS_CONFIG, config.maxPollRecords());
        settings.put(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, 250);
        settings.put(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG, 10_000);
        // A partition that changes its scheduler has none until all have heard of that, which they do by a heartbeat.
        settings.put(ConsumerConfig.HEARTBEAT_INTERVAL_MS_CONFIG, 500);
        settings.put(ConsumerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000);
        // While one scheduler comes or goes the others keep their partitions, and go on.
        settings.put(
                ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
                List.of(CooperativeStickyAssignor.class.getName()));
        config.instanceId().ifPresent(id -> settings.put(ConsumerConfig.GROUP_INSTANCE_ID_CONFIG, id));
        return settings;
    }

    void start(@Observes StartupEvent event) {
        thread.start();
    }

    void stop(@Observes ShutdownEvent event) throws InterruptedException {
        stopping = true;
        KafkaConsumer<byte[], byte[]> current = consumer;
        if (current != null) {
            current.wakeup();
        }
        thread.join(Duration.ofSeconds(10));
    }

    /** Whether the loop handles what comes: the schema is there, Kafka has let it join, and the last batch was written. */
    public boolean isWorking() {
        return working && group.isMember() && lastTurn.isAfter(Instant.now().minus(LONGEST_TURN));
    }

    /** Whether the thread lives. */
    public boolean isAlive() {
        return thread.isAlive() || stopping;
    }

    private void run() {
        waitForSchema();
        while (!stopping) {
            try (KafkaConsumer<byte[], byte[]> fresh = new KafkaConsumer<>(
                            consumerConfig, new ByteArrayDeserializer(), new ByteArrayDeserializer());
                    var _ = new Leaving(fresh)) {
                consumer = fresh;
                fresh.subscribe(
                        List.of(Topics.WORKFLOW_TRIGGERS, Topics.TASK_EVENTS, Topics.RUN_REQUESTS),
                        new ForgetOnRebalance());
                handled.clear();
                turns(fresh);
                commit(fresh, true);
            } catch (WakeupException e) {
                LOG.debug("woken up to stop");
            } catch (RuntimeException e) {
                LOG.error("the consumer failed; starting another", e);
                pause(MAX_BACKOFF);
            }
        }
    }

    private void waitForSchema() {
        Duration backoff = FIRST_BACKOFF;
        while (!stopping) {
            try {
                if (database.schemaIsThere()) {
                    return;
                }
                LOG.debug("waiting for the database schema");
            } catch (RuntimeException e) {
                LOG.infof("waiting for the database: %s", e.getMessage());
            }
            pause(backoff);
            backoff = longer(backoff);
        }
    }

    private void turns(KafkaConsumer<byte[], byte[]> current) {
        Duration backoff = FIRST_BACKOFF;
        while (!stopping) {
            ConsumerRecords<byte[], byte[]> records = poll(current);
            try {
                handler.handle(records, Instant.now());
                records.partitions().forEach(partition -> note(partition, records.records(partition)));
                commit(current, false);
                working = true;
                backoff = FIRST_BACKOFF;
            } catch (RuntimeException e) {
                working = false;
                LOG.warnf(e, "a batch of %d records could not be handled; trying again", records.count());
                handler.forget();
                records.partitions()
                        .forEach(partition -> current.seek(
                                partition, records.records(partition).getFirst().offset()));
                pause(backoff);
                backoff = longer(backoff);
            }
            lastTurn = Instant.now();
            group.polled(current, lastTurn);
        }
    }

    /** What Kafka has, which is nothing if a hint comes while it is waited for, or has come and Kafka was asked just now. */
    private ConsumerRecords<byte[], byte[]> poll(KafkaConsumer<byte[], byte[]> current) {
        if (handler.hasHints() && System.nanoTime() - lastPoll < POLL_AT_LEAST.toNanos()) {
            return ConsumerRecords.empty();
        }
        lastPoll = System.nanoTime();
        polling = true;
        try {
            return current.poll(handler.patience(Instant.now(), MAX_POLL));
        } catch (WakeupException e) {
            if (stopping) {
                throw e;
            }
            return ConsumerRecords.empty();
        } finally {
            polling = false;
        }
    }

    private void wake() {
        KafkaConsumer<byte[], byte[]> current = consumer;
        if (polling && current != null) {
            current.wakeup();
        }
    }

    private void note(TopicPartition partition, List<ConsumerRecord<byte[], byte[]>> records) {
        handled.put(partition, new OffsetAndMetadata(records.getLast().offset() + 1));
    }

    private void commit(KafkaConsumer<byte[], byte[]> current, boolean now) {
        if (handled.isEmpty() || (!now && Instant.now().isBefore(nextCommit))) {
            return;
        }
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(handled);
        handled.clear();
        nextCommit = Instant.now().plus(COMMIT_EVERY);
        if (now) {
            current.commitSync(offsets, Duration.ofSeconds(3));
        } else {
            current.commitAsync(offsets, (committed, failure) -> {
                if (failure != null) {
                    LOG.debugf("offsets not committed; what follows commits them too: %s", failure.getMessage());
                }
            });
        }
    }

    /** What could not be committed because a hint came in between is handled again, by whoever has it then. */
    private void commitBeforeLeaving(KafkaConsumer<byte[], byte[]> current) {
        try {
            commit(current, true);
        } catch (WakeupException e) {
            LOG.debug("woken up while partitions were given back");
        }
    }

    private static Duration longer(Duration backoff) {
        Duration doubled = backoff.multipliedBy(2);
        return doubled.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : doubled;
    }

    private static void pause(Duration duration) {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A static member that does not leave is waited for; one that is stopped shall not be, one that failed comes back. */
    private final class Leaving implements AutoCloseable {
        private final KafkaConsumer<byte[], byte[]> consumer;

        Leaving(KafkaConsumer<byte[], byte[]> consumer) {
            this.consumer = consumer;
        }

        @Override
        public void close() {
            if (stopping) {
                consumer.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                        .withTimeout(LEAVE));
            }
        }
    }

    /** Another scheduler may have had the runs meanwhile: states are read again. */
    private final class ForgetOnRebalance implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            handler.forget();
            KafkaConsumer<byte[], byte[]> current = consumer;
            if (current != null) {
                commitBeforeLeaving(current);
            }
        }

        @Override
        public void onPartitionsLost(Collection<TopicPartition> partitions) {
            group.left();
            handled.clear();
            handler.forget();
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            group.joined(Instant.now());
            handler.forget();
        }
    }
}
