package dev.netbase.scheduler.platform;

import dev.netbase.model.id.Ids;
import dev.netbase.model.topic.Topics;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListConsumerGroupOffsetsSpec;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Tells of which task groups the records still wait for the workers. What a worker has fetched and not committed counts
 * as waiting: it is in a living worker's hands, or the next one reads it again. Asks Kafka on a thread of its own.
 */
@ApplicationScoped
public class WaitingRecords {
    private static final Logger LOG = Logger.getLogger(WaitingRecords.class);
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    /** A group's id is made before its record, by the same clock; but that may have been put back in between. */
    private static final Duration CLOCK_STEP = Duration.ofSeconds(1);

    private final String servers;
    private final ExecutorService thread = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("waiting-records").daemon().factory());
    private @Nullable Admin admin;

    public WaitingRecords(@ConfigProperty(name = "kafka.bootstrap.servers") String servers) {
        this.servers = servers;
    }

    /**
     * Those of the groups whose records certainly wait, in a backlog so long that copies of them, whatever partition they
     * came to, would wait behind younger ones. None if Kafka does not say it. Returns at once.
     *
     * @param groupIds time-ordered ids, by the topic of their records
     * @return completes within some seconds, and never with a failure
     */
    public CompletableFuture<Set<String>> among(Map<String, ? extends Collection<String>> groupIds) {
        return CompletableFuture.supplyAsync(() -> ask(groupIds), thread);
    }

    private Set<String> ask(Map<String, ? extends Collection<String>> groupIds) {
        try {
            if (admin == null) {
                admin = Admin.create(Map.of(
                        AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG,
                        servers,
                        AdminClientConfig.CLIENT_ID_CONFIG,
                        "netbase-scheduler",
                        AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG,
                        Math.toIntExact(PATIENCE.toMillis()),
                        AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG,
                        Math.toIntExact(PATIENCE.toMillis())));
            }
            Set<String> waiting = new HashSet<>();
            for (Map.Entry<String, ? extends Collection<String>> ofTopic : groupIds.entrySet()) {
                waiting.addAll(new Look(admin, ofTopic.getKey()).waiting(ofTopic.getValue()));
            }
            return waiting;
        } catch (ExecutionException | RuntimeException e) {
            LOG.infof("Kafka does not say which task groups wait, so they count as read: %s", e);
            return Set.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Set.of();
        }
    }

    /** The earliest that a group's record can have come, in milliseconds since 1970. */
    private static long sentFrom(String groupId) {
        return Ids.madeAt(groupId) - CLOCK_STEP.toMillis();
    }

    @PreDestroy
    void close() {
        thread.shutdownNow();
        Admin current = admin;
        if (current != null) {
            current.close(Duration.ofSeconds(1));
        }
    }

    /** The workers' position in a topic, and times compared with it. */
    private record Look(Admin admin, String topic) {
        Set<String> waiting(Collection<String> groupIds) throws ExecutionException, InterruptedException {
            Map<TopicPartition, Long> committed = committed();
            if (committed.isEmpty() || isSomethingDeleted(committed)) {
                return Set.of();
            }
            long last = lastOfAll(committed.keySet());
            List<Long> times = groupIds.stream()
                    .map(WaitingRecords::sentFrom)
                    .filter(time -> time <= last)
                    .sorted()
                    .distinct()
                    .toList();
            int low = 0;
            int high = times.size();
            while (low < high) {
                int middle = (low + high) / 2;
                if (isUnreadFrom(times.get(middle), committed)) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            Set<Long> waiting = new HashSet<>(times.subList(low, times.size()));
            return groupIds.stream()
                    .filter(id -> waiting.contains(sentFrom(id)))
                    .collect(Collectors.toSet());
        }

        /** How far the workers have said they are; empty unless they have said it of every partition. */
        private Map<TopicPartition, Long> committed() throws ExecutionException, InterruptedException {
            List<TopicPartition> all = new ArrayList<>();
            for (TopicDescription description :
                    admin.describeTopics(List.of(topic)).allTopicNames().get().values()) {
                description.partitions().forEach(one -> all.add(new TopicPartition(topic, one.partition())));
            }
            Map<TopicPartition, OffsetAndMetadata> offsets = admin.listConsumerGroupOffsets(
                            Map.of(Topics.WORKERS, new ListConsumerGroupOffsetsSpec().topicPartitions(all)))
                    .partitionsToOffsetAndMetadata()
                    .get();
            Map<TopicPartition, Long> committed = new HashMap<>();
            for (TopicPartition partition : all) {
                @Nullable OffsetAndMetadata offset = offsets.get(partition);
                if (offset == null) {
                    return Map.of();
                }
                committed.put(partition, offset.offset());
            }
            return committed;
        }

        /** Whether records were deleted before they were read. */
        private boolean isSomethingDeleted(Map<TopicPartition, Long> committed)
                throws ExecutionException, InterruptedException {
            return offsets(committed.keySet(), OffsetSpec.earliest()).entrySet().stream()
                    .anyMatch(
                            first -> first.getValue().offset() > Objects.requireNonNull(committed.get(first.getKey())));
        }

        /** The time up to which there are records in every partition, in milliseconds since 1970; -1 if one has none. */
        private long lastOfAll(Set<TopicPartition> partitions) throws ExecutionException, InterruptedException {
            return offsets(partitions, OffsetSpec.maxTimestamp()).values().stream()
                    .mapToLong(ListOffsetsResultInfo::timestamp)
                    .min()
                    .orElse(-1);
        }

        /** Whether the first record that came at this time or later, and so all such, are unread in every partition. */
        private boolean isUnreadFrom(long millis, Map<TopicPartition, Long> committed)
                throws ExecutionException, InterruptedException {
            return offsets(committed.keySet(), OffsetSpec.forTimestamp(millis)).entrySet().stream()
                    .allMatch(first ->
                            first.getValue().offset() >= Objects.requireNonNull(committed.get(first.getKey())));
        }

        private Map<TopicPartition, ListOffsetsResultInfo> offsets(Set<TopicPartition> partitions, OffsetSpec which)
                throws ExecutionException, InterruptedException {
            return admin.listOffsets(partitions.stream().collect(Collectors.toMap(one -> one, any -> which)))
                    .all()
                    .get();
        }
    }
}
