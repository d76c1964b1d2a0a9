package dev.netbase.worker.group.kafka;

import dev.netbase.model.message.TaskGroup;
import dev.netbase.model.topic.Topics;
import dev.netbase.worker.group.application.GroupIntake;
import dev.netbase.worker.group.application.LeaseKeeper;
import dev.netbase.worker.group.application.TaskTraces;
import dev.netbase.worker.group.application.TasksInHand;
import dev.netbase.worker.group.application.WorkerConfig;
import dev.netbase.worker.group.application.WorkerMetrics;
import dev.netbase.worker.group.kafka.GroupBacklog.Batch;
import dev.netbase.worker.group.kafka.GroupBacklog.DeadRecord;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.errors.WakeupException;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads task groups and has them taken, as long as there is room. It reads somewhat ahead, so that runs can take turns;
 * beyond that it goes on polling with its partitions paused. Urgent groups have a topic and a read-ahead of their own, so
 * that they come in however many others wait. Offsets follow the claims.
 */
@Singleton
public class GroupConsumer {
    private static final Logger LOG = Logger.getLogger(GroupConsumer.class);
    private static final Duration IDLE_POLL = Duration.ofMillis(200);
    private static final Duration FULL_POLL = Duration.ofMillis(5);
    private static final Duration LEAVE = Duration.ofSeconds(2);
    private static final Duration RESTART_PAUSE = Duration.ofSeconds(1);
    private static final CompletionStage<?> DONE = CompletableFuture.completedFuture(null);
    private final KafkaClients clients;
    private final GroupIntake intake;
    private final LeaseKeeper lease;
    private final TasksInHand inHand;
    private final DeadLetters deadLetters;
    private final ConsumerHealth health;
    private final TaskTraces traces;
    private final WorkerMetrics metrics;
    private final int maxTasks;
    private final long maxInputBytes;
    private final long readAheadBytes;
    private final StopSignal stopping = new StopSignal();
    private volatile @Nullable KafkaConsumer<byte[], byte[]> current;

    /**
     * Groups whose claim was under way when a consumer failed. Their rows may say that this worker runs them although
     * it does not know: they are claimed again, whoever has their partitions now.
     */
    private Collection<TaskGroup> doubtful = List.of();

    public GroupConsumer(
            KafkaClients clients,
            GroupIntake intake,
            LeaseKeeper lease,
            TasksInHand inHand,
            DeadLetters deadLetters,
            ConsumerHealth health,
            TaskTraces traces,
            WorkerMetrics metrics,
            WorkerConfig config) {
        this.clients = clients;
        this.intake = intake;
        this.lease = lease;
        this.inHand = inHand;
        this.deadLetters = deadLetters;
        this.health = health;
        this.traces = traces;
        this.metrics = metrics;
        this.maxTasks = config.maxTasks();
        this.maxInputBytes = config.maxInputs().asLongValue();
        this.readAheadBytes = config.readAhead().asLongValue();
    }

    /** Reads until {@link #stop}. A failure ends one consumer; the next begins after a pause. */
    public void run() {
        while (!stopping.isGiven()) {
            try (KafkaConsumer<byte[], byte[]> consumer = clients.groupMember();
                    var _ = new Leaving(consumer)) {
                current = consumer;
                Membership membership = new Membership(consumer, health, stopping);
                consumer.subscribe(List.of(Topics.TASK_GROUPS, Topics.URGENT_TASK_GROUPS), membership);
                claimDoubtful(membership);
                while (!stopping.isGiven()) {
                    step(membership);
                    health.polled(consumer);
                }
                membership.commitBeforeLeaving();
            } catch (WakeupException | StopSignal.GivenException e) {
                LOG.debug("the group consumer is stopped");
            } catch (RuntimeException e) {
                LOG.error("the group consumer failed and starts anew", e);
                stopping.await(RESTART_PAUSE);
            } finally {
                current = null;
            }
        }
    }

    /** Makes {@link #run} end soon. Groups that were fetched but not taken are left to other workers. */
    public void stop() {
        stopping.give();
        @Nullable KafkaConsumer<byte[], byte[]> consumer = current;
        if (consumer != null) {
            consumer.wakeup();
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
            if (stopping.isGiven()) {
                consumer.close(CloseOptions.groupMembershipOperation(CloseOptions.GroupMembershipOperation.LEAVE_GROUP)
                        .withTimeout(LEAVE));
            }
        }
    }

    private void step(Membership membership) {
        membership.commitDecided();
        GroupBacklog backlog = membership.backlog();
        int room = lease.held().isPresent() && inHand.inputBytes() < maxInputBytes ? maxTasks - inHand.count() : 0;
        boolean canTake = room > 0 && !backlog.isEmpty();
        Duration patience = canTake ? Duration.ZERO : room > 0 ? IDLE_POLL : FULL_POLL;
        membership.poll(patience, topic -> lease.held().isPresent() && backlog.bytes(topic) < readAheadBytes);
        metrics.paused(membership.paused());
        if (room > 0 && !backlog.isEmpty()) {
            take(membership, backlog.next(room));
        }
    }

    private void take(Membership membership, Batch batch) {
        for (DeadRecord dead : batch.dead()) {
            LOG.warnf(
                    "record %d of %s-%d is no task group: %s",
                    dead.record().offset(), dead.record().topic(), dead.record().partition(), dead.reason());
            membership.untilTrue(() -> deadLetters.send(dead.record(), dead.reason()));
            metrics.deadLetter();
        }
        if (!batch.groups().isEmpty()) {
            LOG.debugf("taking %d groups", batch.groups().size());
            for (TaskGroup group : batch.groups()) {
                String traceparent = batch.traces().get(group.groupId());
                if (traceparent != null) {
                    traces.arrived(group, traceparent);
                }
            }
            claim(membership, batch);
            metrics.groupWaited(Duration.ofMillis(System.currentTimeMillis() - batch.oldestMillis()));
        } else {
            membership.commitWhen(DONE, batch.offsets());
        }
    }

    private void claim(Membership membership, Batch batch) {
        doubtful = batch.groups();
        membership.untilTrue(() -> intake.take(batch.groups(), batch.old())
                .map(intake -> switch (intake) {
                    case GroupIntake.NotNow ignored -> false;
                    case GroupIntake.Taken taken -> {
                        membership.commitWhen(taken.decided(), batch.offsets());
                        yield true;
                    }
                })
                .subscribeAsCompletionStage());
        doubtful = List.of();
    }

    /** Without a word about offsets: the records' partitions may be another worker's by now. */
    private void claimDoubtful(Membership membership) {
        Collection<TaskGroup> groups = doubtful;
        if (!groups.isEmpty()) {
            Set<String> all = groups.stream().map(TaskGroup::groupId).collect(Collectors.toSet());
            membership.untilTrue(() -> intake.take(groups, all)
                    .map(GroupIntake.Taken.class::isInstance)
                    .subscribeAsCompletionStage());
            doubtful = List.of();
        }
    }
}
