package dev.netbase.scheduler.platform;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/** Whether Kafka has let the scheduler join its group and still hears from it. Written by the scheduler's thread. */
final class GroupHealth {
    private static final Duration RECENT = Duration.ofSeconds(6);
    private static final Duration CHECK_EVERY = Duration.ofMillis(500);
    private static final String GROUP_METRICS = "consumer-coordinator-metrics";
    private Instant joinedAt = Instant.MIN;
    private Instant checkedAt = Instant.MIN;
    private volatile boolean member;

    /** The consumer has just become a member. */
    void joined(Instant now) {
        joinedAt = now;
        member = true;
    }

    /** The consumer is no member any more. */
    void left() {
        joinedAt = Instant.MIN;
        member = false;
    }

    /** The consumer has just been polled. */
    void polled(KafkaConsumer<byte[], byte[]> consumer, Instant now) {
        if (joinedAt.equals(Instant.MIN) || now.isBefore(checkedAt.plus(CHECK_EVERY))) {
            return;
        }
        checkedAt = now;
        member = now.isBefore(joinedAt.plus(RECENT)) || heartbeatIsRecent(consumer.metrics());
    }

    /** Whether it is a member that its coordinator has lately heard from. */
    boolean isMember() {
        return member;
    }

    private static boolean heartbeatIsRecent(Map<MetricName, ? extends Metric> metrics) {
        return metrics.values().stream()
                .filter(metric -> metric.metricName().group().equals(GROUP_METRICS)
                        && metric.metricName().name().equals("last-heartbeat-seconds-ago"))
                .anyMatch(metric -> metric.metricValue() instanceof Number seconds
                        && seconds.doubleValue() >= 0
                        && seconds.doubleValue() < RECENT.toSeconds());
    }
}
