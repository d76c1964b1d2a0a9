package dev.netbase.worker.group.application;

import dev.netbase.worker.group.application.Cancellation.Reason;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Optional;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Holds this worker's lease: registers, renews after each third, and registers anew when it was lost. {@link #tick} is
 * called about every second, by one thread.
 */
@Singleton
public class LeaseKeeper {
    private static final Logger LOG = Logger.getLogger(LeaseKeeper.class);
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private final LeaseStore store;
    private final TasksInHand inHand;
    private final NameConflict nameConflict;
    private final WorkerMetrics metrics;
    private final InstantSource clock;
    private final String name;
    private final Duration length;
    private volatile @Nullable Lease lease;
    private volatile long renewAtMillis;
    private volatile boolean stopped;

    public LeaseKeeper(
            LeaseStore store,
            TasksInHand inHand,
            NameConflict nameConflict,
            InstantSource clock,
            WorkerMetrics metrics,
            WorkerConfig config) {
        this.metrics = metrics;
        this.store = store;
        this.inHand = inHand;
        this.nameConflict = nameConflict;
        this.clock = clock;
        this.name = config.name().orElseGet(LeaseKeeper::uniqueName);
        this.length = config.lease();
    }

    /** What happens when a live worker has taken this one's name. */
    public interface NameConflict {
        /** Ends this worker's process. */
        void endWorker();
    }

    /** The lease, or empty while there is none. Whether it is still valid, only the database knows. */
    public Optional<Lease> held() {
        return Optional.ofNullable(lease);
    }

    /** Whether the lease was renewed as it should be: so the database has answered lately. */
    public boolean isFresh() {
        return lease != null
                && clock.millis() < renewAtMillis + length.dividedBy(3).toMillis();
    }

    /** Makes the next tick look after the lease whatever the time. */
    void checkSoon() {
        renewAtMillis = 0;
    }

    /** How often {@link #tick} is to be called. */
    public Duration tickEvery() {
        Duration third = length.dividedBy(3);
        Duration second = Duration.ofSeconds(1);
        return third.compareTo(second) < 0 ? third : second;
    }

    /** Registers or renews if it is time. Blocks for a few seconds at most; a failure is logged and tried again. */
    public synchronized void tick() {
        if (stopped) {
            return;
        }
        try {
            @Nullable Lease held = lease;
            if (held == null) {
                register();
            } else if (clock.millis() >= renewAtMillis) {
                renew(held);
            }
        } catch (RuntimeException e) {
            LOG.warnf("the lease of worker %s could not be looked after: %s", name, e.toString());
        }
    }

    /** Gives back tasks that have not begun. Those of which that fails go with the lease. */
    public void giveBack(Collection<TaskKey> tasks) {
        @Nullable Lease held = lease;
        if (held != null && !tasks.isEmpty()) {
            try {
                store.giveBack(held, tasks).await().atMost(ANSWER);
            } catch (RuntimeException e) {
                LOG.warnf("%d tasks could not be given back before the lease is: %s", tasks.size(), e.toString());
            }
        }
    }

    /** Gives the lease up for good. */
    public synchronized void release() {
        stopped = true;
        @Nullable Lease held = lease;
        lease = null;
        if (held != null) {
            try {
                store.release(held).await().atMost(ANSWER);
            } catch (RuntimeException e) {
                LOG.warnf("the lease of worker %s could not be given up and will run out: %s", name, e.toString());
            }
        }
    }

    private void register() {
        Lease registered = store.register(name, length).await().atMost(ANSWER);
        lease = registered;
        planRenewal();
        LOG.infof("worker %s is registered with epoch %d", name, registered.epoch());
    }

    private void renew(Lease held) {
        switch (store.renew(held, length).await().atMost(ANSWER)) {
            case RENEWED -> planRenewal();
            case LOST -> {
                LOG.warnf("worker %s has lost its lease of epoch %d and registers anew", name, held.epoch());
                lease = null;
                metrics.leaseLost();
                inHand.cancelAll(Reason.LEASE_LOST);
                store.giveBack(held).await().atMost(ANSWER);
                register();
            }
            case TAKEN_OVER -> {
                LOG.errorf(
                        "another worker is registered under the name %s: give each its own netbase.worker.name", name);
                lease = null;
                stopped = true;
                inHand.cancelAll(Reason.LEASE_LOST);
                nameConflict.endWorker();
            }
        }
    }

    private void planRenewal() {
        renewAtMillis = clock.millis() + length.dividedBy(3).toMillis();
    }

    private static String uniqueName() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "worker";
        }
        return host + "-"
                + Long.toString(java.util.concurrent.ThreadLocalRandom.current().nextLong(1L << 40), 36);
    }
}
