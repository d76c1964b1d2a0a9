package dev.netbase.scheduler.outbox;

import dev.netbase.model.id.Ids;
import dev.netbase.model.json.Json;
import dev.netbase.scheduler.platform.Database;
import dev.netbase.scheduler.platform.KafkaRecords;
import dev.netbase.scheduler.platform.RunLog;
import dev.netbase.scheduler.platform.SchedulerConfig;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.mutiny.core.buffer.Buffer;
import io.vertx.mutiny.sqlclient.Row;
import io.vertx.mutiny.sqlclient.Tuple;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.logging.Logger;

/**
 * Sends the records that committed transactions left in the {@code outbox} table. A row goes only after the broker has
 * the record, so every record is sent at least once, whoever dies; order is not promised.
 */
@ApplicationScoped
public class Outbox {
    private static final Logger LOG = Logger.getLogger(Outbox.class);
    private static final int DELETE_AT_ONCE = 5_000;

    /** A send that blocks for so long says that Kafka is away: those after it would block as well. */
    private static final Duration BLOCKED = Duration.ofMillis(500);

    private static final Duration LATER = Duration.ofMillis(40);

    private final Database database;
    private final KafkaRecords kafka;
    private final SchedulerConfig config;
    private final Queue<String> acknowledged = new ConcurrentLinkedQueue<>();
    private final AtomicInteger relaying = new AtomicInteger();
    private final Queue<OutboxRecord> later = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean isLaterTimed = new AtomicBoolean();
    private final AtomicBoolean isFlushDue = new AtomicBoolean();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("outbox").daemon().factory());
    private volatile long oldestMillis;
    private final Counter sent;
    private final Counter relayed;

    public Outbox(Database database, KafkaRecords kafka, SchedulerConfig config, MeterRegistry metrics) {
        this.database = database;
        this.kafka = kafka;
        this.config = config;
        this.sent = metrics.counter("netbase.scheduler.outbox.sent");
        this.relayed = metrics.counter("netbase.scheduler.outbox.relayed");
        Gauge.builder("netbase.scheduler.outbox.age", this, Outbox::ageSeconds)
                .baseUnit("seconds")
                .register(metrics);
    }

    /**
     * Sends records whose transaction has committed, or is about to and whose readers bear with it if it does not.
     * Returns at once; what fails is left to {@link #relay}.
     */
    public void publish(Collection<OutboxRecord> records) {
        int sends = send(records, () -> {});
        if (sends < records.size()) {
            LOG.warnf("Kafka does not take records; the relay will send %d", records.size() - sends);
        }
    }

    /**
     * Sends records of which their reader knows already, after a while together with others: each record by itself would
     * cost the broker, and both its ends, more than all that the reader does. Returns at once.
     */
    public void publishLater(Collection<OutboxRecord> records) {
        if (!records.isEmpty()) {
            later.addAll(records);
            if (isLaterTimed.compareAndSet(false, true)) {
                var _ = thread.schedule(this::publishNow, LATER.toMillis(), TimeUnit.MILLISECONDS);
            }
        }
    }

    private void publishNow() {
        isLaterTimed.set(false);
        List<OutboxRecord> due = new ArrayList<>();
        for (OutboxRecord record = later.poll(); record != null; record = later.poll()) {
            due.add(record);
        }
        publish(due);
    }

    /** What was not sent yet another scheduler's relay sends, or this one's when it comes back. */
    @PreDestroy
    void close() {
        thread.shutdownNow();
    }

    /**
     * Hands records to Kafka until one blocks.
     *
     * @param answered run after each answer of the broker's, good or bad
     * @return how many were handed over
     */
    private int send(Collection<OutboxRecord> records, Runnable answered) {
        int sends = 0;
        for (OutboxRecord record : records) {
            long begin = System.nanoTime();
            kafka.send(record.topic(), record.place(), record.key(), record.value(), record.headers(), failure -> {
                if (failure == null) {
                    sent.increment();
                    acknowledged.add(record.id());
                } else {
                    RunLog.aboutRecord(
                            record.topic(),
                            record.key(),
                            () -> LOG.warnf("could not send %s; the relay will: %s", record, failure.getMessage()));
                }
                answered.run();
            });
            sends++;
            if (System.nanoTime() - begin > BLOCKED.toNanos()) {
                break;
            }
        }
        if (sends > 0) {
            sendTogether();
        }
        return sends;
    }

    /**
     * Has the producer send what it has. By itself it would send the first record as soon as it has it, and the others after
     * that: two requests instead of one, and for the worker a batch of one task and one of the rest.
     */
    private void sendTogether() {
        if (isFlushDue.compareAndSet(false, true)) {
            try {
                thread.execute(() -> {
                    isFlushDue.set(false);
                    kafka.flush();
                });
            } catch (RejectedExecutionException e) {
                LOG.debug("the producer sends what it has when it is closed");
            }
        }
    }

    /** Removes what the broker has acknowledged. */
    public void clean() {
        while (!acknowledged.isEmpty()) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < DELETE_AT_ONCE; i++) {
                String id = acknowledged.poll();
                if (id == null) {
                    break;
                }
                ids.add(id);
            }
            try {
                database.query("delete from outbox where id = any($1::text[])", Tuple.of(ids.toArray(new String[0])));
            } catch (RuntimeException e) {
                acknowledged.addAll(ids);
                throw e;
            }
        }
    }

    /** Of the oldest record that waits, as of the last look. */
    private double ageSeconds() {
        return oldestMillis == 0 ? 0 : Math.max(0, System.currentTimeMillis() - oldestMillis) / 1_000.0;
    }

    /**
     * Sends what has been waiting for so long that whoever wrote it is gone, or could not send it. What an earlier relay
     * sent must be answered first, or an outage would fill the producer with copies.
     */
    public void relay() {
        List<Row> oldest = database.query("select id from outbox order by id limit 1");
        oldestMillis = oldest.isEmpty() ? 0 : Ids.madeAt(oldest.getFirst().getString("id"));
        if (oldest.isEmpty() || relaying.get() > 0) {
            return;
        }
        List<Row> rows = database.query("""
                with taken as (
                    select id from outbox
                    where created_at < clock_timestamp() - $1::bigint * interval '1 millisecond'
                    order by id limit 1000 for update skip locked)
                update outbox o set created_at = clock_timestamp() from taken where o.id = taken.id
                returning o.id, o.topic, o.key, o.value, o.headers::text as headers""", Tuple.of(config.relayAfter().toMillis()));
        List<OutboxRecord> records = new ArrayList<>();
        for (Row row : rows) {
            Map<String, String> headers = new LinkedHashMap<>();
            Json.parseObject(row.getString("headers"))
                    .forEach((name, value) -> headers.put(name, String.valueOf(value)));
            Buffer value = row.getBuffer("value");
            records.add(new OutboxRecord(
                    row.getString("id"), row.getString("topic"), row.getString("key"), value.getBytes(), headers));
        }
        relayed.increment(records.size());
        relaying.addAndGet(records.size());
        int sends = send(records, relaying::decrementAndGet);
        relaying.addAndGet(sends - records.size());
    }
}
