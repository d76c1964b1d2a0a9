package dev.netbase.worker.group.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor.Subscription;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TopicByTopicAssignorTest {
    private static final List<String> TOPICS = List.of("groups", "urgent");
    private final CooperativeStickyAssignor assignor = new TopicByTopicAssignor();

    @Test
    void shouldGiveANewcomerAsMuchOfEachTopic() {
        Map<String, List<TopicPartition>> alone = assign(1, Map.of("a", List.of()));

        Map<String, List<TopicPartition>> leaving = assign(2, Map.of("a", of("a", alone), "b", List.of()));
        Map<String, List<TopicPartition>> both = assign(3, Map.of("a", of("a", leaving), "b", of("b", leaving)));

        assertThat(of("a", alone)).hasSize(4);
        assertThat(of("b", leaving)).as("what another has not given up yet").isEmpty();
        assertThat(topics(of("a", both))).containsExactlyInAnyOrderElementsOf(TOPICS);
        assertThat(topics(of("b", both))).containsExactlyInAnyOrderElementsOf(TOPICS);
        assertThat(of("a", alone)).as("what it had before").containsAll(of("a", both));
    }

    /** As while workers that know one topic are replaced by workers that know both. */
    @Test
    void shouldGiveNobodyWhatTheyHaveNotSubscribedTo() {
        Map<String, List<TopicPartition>> assigned = assignor.assignPartitions(
                partitions(), Map.of("old", subscription(List.of("groups"), 1, List.of()), "new", subscription(1)));

        assertThat(topics(of("old", assigned))).containsExactly("groups");
        assertThat(topics(of("new", assigned))).containsExactlyInAnyOrder("groups", "urgent", "urgent");
    }

    private Map<String, List<TopicPartition>> assign(int generation, Map<String, List<TopicPartition>> owned) {
        return assignor.assignPartitions(
                partitions(),
                owned.entrySet().stream()
                        .collect(Collectors.toMap(
                                Map.Entry::getKey, one -> subscription(TOPICS, generation, one.getValue()))));
    }

    private static Subscription subscription(int generation) {
        return subscription(TOPICS, generation, List.of());
    }

    private static Subscription subscription(List<String> topics, int generation, List<TopicPartition> owned) {
        return new Subscription(topics, null, owned, generation, Optional.empty());
    }

    private static Map<String, List<PartitionInfo>> partitions() {
        return TOPICS.stream()
                .collect(Collectors.toMap(
                        topic -> topic,
                        topic -> IntStream.range(0, 2)
                                .mapToObj(i -> new PartitionInfo(topic, i, Node.noNode(), new Node[0], new Node[0]))
                                .toList()));
    }

    private static List<TopicPartition> of(String member, Map<String, List<TopicPartition>> assigned) {
        return assigned.getOrDefault(member, List.of());
    }

    private static List<String> topics(Collection<TopicPartition> partitions) {
        return partitions.stream().map(TopicPartition::topic).toList();
    }
}
