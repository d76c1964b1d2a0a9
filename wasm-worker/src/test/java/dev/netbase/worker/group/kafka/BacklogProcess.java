package dev.netbase.worker.group.kafka;

import dev.netbase.worker.group.application.GroupIntake;
import dev.netbase.worker.group.application.LeaseKeeper;
import dev.netbase.worker.group.application.LeaseStore;
import dev.netbase.worker.group.application.TaskTraces;
import dev.netbase.worker.group.application.TasksInHand;
import dev.netbase.worker.group.application.WorkerMetrics;
import dev.netbase.worker.group.domain.Lease;
import dev.netbase.worker.group.domain.TaskKey;
import dev.netbase.worker.testing.TestConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.smallrye.mutiny.Uni;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;

/**
 * A process with a small heap that reads task groups and has no room for their tasks: {@code BROKERS MILLIS}. It ends
 * with 0 if it lived for so long as a member of its consumer group.
 */
final class BacklogProcess {
    private BacklogProcess() {}

    public static void main(String[] args) throws InterruptedException {
        TestConfig config = TestConfig.named("full").withMaxTasks(0);
        TasksInHand inHand = new TasksInHand();
        WorkerMetrics metrics = new WorkerMetrics(new SimpleMeterRegistry(), inHand);
        LeaseKeeper lease = new LeaseKeeper(new Granting(), inHand, () -> {}, InstantSource.system(), metrics, config);
        lease.tick();
        ConsumerHealth health = new ConsumerHealth(InstantSource.system());
        KafkaClients clients = new KafkaClients(args[0], config);
        GroupIntake nobody = null;
        TaskTraces none = null;
        GroupConsumer consumer = new GroupConsumer(
                clients, nobody, lease, inHand, new DeadLetters(new WorkerProducer(clients)), health, none, metrics, config);
        Thread thread = Thread.ofPlatform().daemon().start(consumer::run);
        boolean wasLive = false;
        long end =
                System.nanoTime() + Duration.ofMillis(Long.parseLong(args[1])).toNanos();
        while (System.nanoTime() < end) {
            Thread.sleep(50);
            wasLive |= health.isLive();
        }
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        System.out.println("live " + health.isLive() + ", was " + wasLive + ", used MiB " + (used >> 20));
        Runtime.getRuntime().halt(thread.isAlive() && health.isLive() ? 0 : 1);
    }

    /** Grants every lease. */
    private static final class Granting implements LeaseStore {
        @Override
        public Uni<Lease> register(String workerId, Duration length) {
            return Uni.createFrom().item(new Lease(workerId, 1));
        }

        @Override
        public Uni<Renewal> renew(Lease lease, Duration length) {
            return Uni.createFrom().item(Renewal.RENEWED);
        }

        @Override
        public Uni<Void> giveBack(Lease lease) {
            return Uni.createFrom().voidItem();
        }

        @Override
        public Uni<Void> release(Lease lease) {
            return Uni.createFrom().voidItem();
        }

        @Override
        public Uni<Set<TaskKey>> stopping(Collection<String> runIds) {
            return Uni.createFrom().item(Set.of());
        }

        @Override
        public Uni<Set<String>> cancelling(Collection<String> runIds) {
            return Uni.createFrom().item(Set.of());
        }
    }
}
