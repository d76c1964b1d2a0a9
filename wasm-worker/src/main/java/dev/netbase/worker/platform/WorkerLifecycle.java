package dev.netbase.worker.platform;

import dev.netbase.worker.group.application.Cancellation.Reason;
import dev.netbase.worker.group.application.CancellationWatch;
import dev.netbase.worker.group.application.GroupIntake;
import dev.netbase.worker.group.application.LeaseKeeper;
import dev.netbase.worker.group.application.TasksInHand;
import dev.netbase.worker.group.application.WorkerConfig;
import dev.netbase.worker.group.kafka.ControlConsumer;
import dev.netbase.worker.group.kafka.GroupConsumer;
import dev.netbase.worker.group.kafka.KafkaTaskEvents;
import dev.netbase.worker.group.kafka.WorkerProducer;
import dev.netbase.worker.group.postgres.GroupChannel;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/** The worker's threads: started with the service, and ended so that nothing is lost. */
@Singleton
public class WorkerLifecycle {
    private static final Logger LOG = Logger.getLogger(WorkerLifecycle.class);
    private static final Duration THREAD_END = Duration.ofSeconds(3);
    private static final Duration CANCELLED_END = Duration.ofSeconds(2);
    private final GroupConsumer groups;
    private final GroupChannel channel;
    private final GroupIntake intake;
    private final ControlConsumer control;
    private final LeaseKeeper lease;
    private final CancellationWatch cancellations;
    private final TasksInHand inHand;
    private final KafkaTaskEvents events;
    private final WorkerProducer producer;
    private final Duration drainTimeout;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final Thread groupThread;
    private final Thread controlThread;
    private final Thread leaseThread;

    public WorkerLifecycle(
            GroupConsumer groups,
            GroupChannel channel,
            GroupIntake intake,
            ControlConsumer control,
            LeaseKeeper lease,
            CancellationWatch cancellations,
            TasksInHand inHand,
            KafkaTaskEvents events,
            WorkerProducer producer,
            WorkerConfig config) {
        this.groups = groups;
        this.channel = channel;
        this.intake = intake;
        this.control = control;
        this.lease = lease;
        this.cancellations = cancellations;
        this.inHand = inHand;
        this.events = events;
        this.producer = producer;
        this.drainTimeout = config.drainTimeout();
        this.groupThread = Thread.ofPlatform().name("task-groups").daemon().unstarted(groups::run);
        this.controlThread = Thread.ofPlatform().name("task-control").daemon().unstarted(control::run);
        this.leaseThread = Thread.ofPlatform().name("worker-lease").daemon().unstarted(this::keepLease);
    }

    void onStart(@Observes StartupEvent event) {
        start();
    }

    void onStop(@Observes ShutdownEvent event) throws InterruptedException {
        drain();
    }

    /** Starts all threads. Whatever they need may come later. */
    public void start() {
        threads().forEach(Thread::start);
        channel.open(intake::begin);
    }

    /**
     * Takes no more groups, gives back the tasks that have not begun, lets those that run end for a while and then stops
     * them, and gives up the lease, so that whatever has not ended runs elsewhere at once. Nothing is left to be told when
     * this returns, unless the broker is away.
     */
    public void drain() throws InterruptedException {
        channel.close();
        groups.stop();
        groupThread.join(THREAD_END);
        lease.giveBack(inHand.cancelWaiting(Reason.WORKER_STOPPING));
        if (!inHand.awaitEmpty(drainTimeout)) {
            LOG.warnf("%d tasks did not end in time and are left to other workers", inHand.count());
            inHand.cancelAll(Reason.WORKER_STOPPING);
            var _ = inHand.awaitEmpty(CANCELLED_END);
        }
        stopping.countDown();
        control.stop();
        leaseThread.join(THREAD_END);
        lease.release();
        controlThread.join(THREAD_END);
        // In this order, which that of destroying beans would not be.
        events.close();
        producer.close();
    }

    /** Whether every thread that was started still runs. */
    public boolean isAlive() {
        return threads().stream().allMatch(Thread::isAlive);
    }

    private List<Thread> threads() {
        return List.of(groupThread, controlThread, leaseThread);
    }

    private void keepLease() {
        long millis = lease.tickEvery().toMillis();
        try {
            do {
                lease.tick();
                cancellations.tick();
            } while (!stopping.await(millis, TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
