package dev.netbase.worker.group.kafka;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;

/**
 * Spreads each topic's partitions evenly by itself. Kafka's own counts those of all topics together, so that of two
 * workers one might have all that is urgent and the other all the rest. It goes by the name of Kafka's, so that workers
 * with either can be members of one group.
 */
public final class TopicByTopicAssignor extends CooperativeStickyAssignor {
    @Override
    public Map<String, List<TopicPartition>> assignPartitions(
            Map<String, List<PartitionInfo>> partitions, Map<String, Subscription> subscriptions) {
        Map<String, List<TopicPartition>> all = new HashMap<>();
        subscriptions.keySet().forEach(member -> all.put(member, new ArrayList<>()));
        partitions.forEach((topic, ofTopic) -> {
            Map<String, Subscription> subscribed = new HashMap<>();
            subscriptions.forEach((member, subscription) -> {
                if (subscription.topics().contains(topic)) {
                    subscribed.put(member, only(topic, subscription));
                }
            });
            super.assignPartitions(Map.of(topic, ofTopic), subscribed)
                    .forEach((member, assigned) ->
                            all.getOrDefault(member, new ArrayList<>()).addAll(assigned));
        });
        return all;
    }

    private static Subscription only(String topic, Subscription subscription) {
        Subscription only = new Subscription(
                List.of(topic),
                subscription.userData(),
                subscription.ownedPartitions().stream()
                        .filter(partition -> partition.topic().equals(topic))
                        .toList(),
                subscription.generationId().orElse(DEFAULT_GENERATION),
                subscription.rackId());
        only.setGroupInstanceId(subscription.groupInstanceId());
        return only;
    }
}
