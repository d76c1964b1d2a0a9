package dev.netbase.worker.testing;

import dev.netbase.model.testing.TestBroker;
import dev.netbase.model.testing.TestDatabase;
import dev.netbase.worker.group.kafka.ConsumerHealth;
import dev.netbase.worker.group.kafka.ControlConsumer;
import dev.netbase.worker.group.kafka.DeadLetters;
import dev.netbase.worker.group.kafka.GroupConsumer;
import dev.netbase.worker.group.kafka.KafkaClients;
import dev.netbase.worker.group.kafka.KafkaTaskEvents;
import dev.netbase.worker.group.kafka.WorkerProducer;
import dev.netbase.worker.platform.WorkerLifecycle;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A whole worker on a real database and a real broker, threads and all. */
public final class TestService implements AutoCloseable {
    public final TestWorker worker;
    public final WorkerLifecycle lifecycle;
    public final ConsumerHealth health = new ConsumerHealth(InstantSource.system());
    private boolean drained;

    /** A worker that has started. */
    public TestService(TestDatabase database, TestBroker broker, Path artifacts, TestConfig config) {
        KafkaClients clients = new KafkaClients(broker.bootstrapServers(), config);
        WorkerProducer producer = new WorkerProducer(clients);
        AtomicReference<KafkaTaskEvents> events = new AtomicReference<>();
        worker = new TestWorker(database, artifacts, config, (metrics, traces) -> {
            events.set(new KafkaTaskEvents(producer, metrics, traces));
            return events.get();
        });
        DeadLetters letters = new DeadLetters(producer);
        GroupConsumer groups = new GroupConsumer(
                clients,
                worker.intake,
                worker.lease,
                worker.inHand,
                letters,
                health,
                worker.traces,
                worker.metrics,
                config);
        ControlConsumer control = new ControlConsumer(clients, worker.cancellations, letters, worker.metrics);
        lifecycle = new WorkerLifecycle(
                groups,
                worker.channel,
                worker.intake,
                control,
                worker.lease,
                worker.cancellations,
                worker.inHand,
                events.get(),
                producer,
                config);
        lifecycle.start();
    }

    /** Ends the worker as SIGTERM does. */
    public void drain() throws InterruptedException {
        drained = true;
        lifecycle.drain();
    }

    @Override
    public void close() throws InterruptedException {
        if (!drained) {
            drain();
        }
        worker.close();
    }
}
