package dev.netbase.worker.group.kafka;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.jboss.logging.Logger;

/**
 * One consumer's life in the workers' group: its partitions, what it fetched from them, and how far it got. However
 * long something else takes, it stays a member. For one thread.
 */
final class Membership implements ConsumerRebalanceListener {
    private static final Logger LOG = Logger.getLogger(Membership.class);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);
    private static final Duration FIRST_RETRY = Duration.ofMillis(50);
    private static final Duration LAST_RETRY = Duration.ofSeconds(2);
    private static final Duration COMMIT_EVERY = Duration.ofMillis(200);
    private static final Duration LAST_COMMIT = Duration.ofSeconds(2);
    /** Meanwhile nothing is polled. */
    private static final Duration ENDS_WITHIN = Duration.ofSeconds(2);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final ConsumerHealth health;
    private final StopSignal stopping;
    private final GroupBacklog backlog = new GroupBacklog();
    private final Map<TopicPartition, OffsetAndMetadata> done = new HashMap<>();
    private final Queue<UnderWay> underWay = new ArrayDeque<>();
    private long nextCommit = System.nanoTime();
    private boolean isNews;

    /** Records that were taken and of which the database may not have decided yet. */
    private record UnderWay(CompletableFuture<?> decided, Map<TopicPartition, OffsetAndMetadata> offsets) {}

    Membership(KafkaConsumer<byte[], byte[]> consumer, ConsumerHealth health, StopSignal stopping) {
        this.consumer = consumer;
        this.health = health;
        this.stopping = stopping;
    }

    GroupBacklog backlog() {
        return backlog;
    }

    /** Polls for records of those topics that are wanted; see {@link #pollPaused} for the others. */
    void poll(Duration timeout, Predicate<String> wanted) {
        Map<Boolean, List<TopicPartition>> all = consumer.assignment().stream()
                .collect(Collectors.partitioningBy(partition -> wanted.test(partition.topic())));
        consumer.resume(all.getOrDefault(true, List.of()));
        consumer.pause(all.getOrDefault(false, List.of()));
        consumer.poll(timeout).forEach(backlog::add);
    }

    /** Polls only to remain a member; partitions that a rebalance has just brought may give records nevertheless. */
    private void pollPaused(Duration timeout) {
        poll(timeout, any -> false);
    }

    /** From how many partitions nothing is fetched now. */
    int paused() {
        return consumer.paused().size();
    }

    /**
     * Does something until it comes true, with growing pauses after a failure or a false.
     *
     * @throws StopSignal.GivenException if the worker is to stop first
     */
    void untilTrue(Supplier<CompletionStage<Boolean>> action) {
        Duration pause = FIRST_RETRY;
        while (!isTrue(action.get())) {
            pollPaused(Duration.ZERO);
            stopping.await(pause);
            stopping.throwIfGiven();
            pause = pause.multipliedBy(2).compareTo(LAST_RETRY) < 0 ? pause.multipliedBy(2) : LAST_RETRY;
        }
    }

    private boolean isTrue(CompletionStage<Boolean> action) {
        Future<Boolean> future = action.toCompletableFuture();
        while (true) {
            try {
                return future.get(KEEP_ALIVE.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                stopping.throwIfGiven();
                pollPaused(Duration.ZERO);
            } catch (ExecutionException e) {
                LOG.warnf("task groups could not be taken and will be again: %s", e.getCause());
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new StopSignal.GivenException();
            }
        }
    }

    /** Notes how far partitions are done with once {@code decided} completes and so have all that were noted before. */
    void commitWhen(CompletionStage<?> decided, Map<TopicPartition, OffsetAndMetadata> offsets) {
        underWay.add(new UnderWay(decided.toCompletableFuture(), offsets));
    }

    /**
     * Tells the broker how far partitions are done with, if it is time for that. Should it fail, the records come
     * again.
     */
    void commitDecided() {
        while (!underWay.isEmpty() && underWay.peek().decided().isDone()) {
            done.putAll(underWay.remove().offsets());
            isNews = true;
        }
        if (isNews && System.nanoTime() - nextCommit >= 0) {
            commit();
        }
    }

    private void commit() {
        isNews = false;
        nextCommit = System.nanoTime() + COMMIT_EVERY.toNanos();
        done.keySet().retainAll(consumer.assignment());
        if (!done.isEmpty()) {
            consumer.commitAsync(Map.copyOf(done), (committed, e) -> {
                if (e != null) {
                    LOG.debugf("offsets were not committed: %s", e.toString());
                }
            });
        }
    }

    /** Commits at the end of this membership. */
    void commitBeforeLeaving() {
        commitDecided();
        commitNow(Set.copyOf(done.keySet()));
    }

    @Override
    public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
        backlog.assigned(ends(partitions));
        health.joined();
        LOG.infof("partitions assigned: %s", partitions);
    }

    /** Where partitions end now; the end of time for those of which the broker does not say it soon. */
    private Map<TopicPartition, Long> ends(Collection<TopicPartition> partitions) {
        try {
            return consumer.endOffsets(partitions, ENDS_WITHIN);
        } catch (RetriableException e) {
            LOG.warnf("where %s end is unknown, so their tasks are all claimed first: %s", partitions, e.toString());
            return partitions.stream().collect(Collectors.toMap(partition -> partition, any -> Long.MAX_VALUE));
        }
    }

    @Override
    public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
        commitNow(partitions);
        forget(partitions);
    }

    @Override
    public void onPartitionsLost(Collection<TopicPartition> partitions) {
        forget(partitions);
    }

    private void forget(Collection<TopicPartition> partitions) {
        backlog.drop(partitions);
        underWay.forEach(batch -> batch.offsets().keySet().removeAll(Set.copyOf(partitions)));
        done.keySet().removeAll(Set.copyOf(partitions));
    }

    private void commitNow(Collection<TopicPartition> partitions) {
        Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>(done);
        offsets.keySet().retainAll(Set.copyOf(partitions));
        if (offsets.isEmpty()) {
            return;
        }
        try {
            consumer.commitSync(offsets, LAST_COMMIT);
        } catch (KafkaException e) {
            LOG.debugf("offsets were not committed: %s", e.toString());
        }
    }
}
