package dev.netbase.worker.group.kafka;

import jakarta.inject.Singleton;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.Metric;
import org.apache.kafka.common.MetricName;

/** Whether this worker is a live member of its consumer group. */
@Singleton
public class ConsumerHealth {
    private static final Duration RECENT = Duration.ofSeconds(10);
    private static final long CHECK_MS = 500;
    private static final String GROUP_METRICS = "consumer-coordinator-metrics";
    private final InstantSource clock;
    private volatile long polledMillis;
    private volatile long checkedMillis;
    private volatile long joinedMillis;
    private volatile boolean member;

    public ConsumerHealth(InstantSource clock) {
        this.clock = clock;
    }

    /** The consumer has just become a member. */
    void joined() {
        joinedMillis = clock.millis();
    }

    /** The consumer has just been polled. Called by its own thread. */
    void polled(KafkaConsumer<byte[], byte[]> consumer) {
        long now = clock.millis();
        polledMillis = now;
        if (now - checkedMillis >= CHECK_MS) {
            checkedMillis = now;
            member = now - joinedMillis < RECENT.toMillis() || heartbeatIsRecent(consumer.metrics());
        }
    }

    /** Whether the consumer was polled lately and its group's coordinator has heard from it. */
    public boolean isLive() {
        return member && clock.millis() - polledMillis < RECENT.toMillis();
    }

    private static boolean heartbeatIsRecent(Map<MetricName, ? extends Metric> metrics) {
        return metrics.values().stream()
                .filter(metric -> metric.metricName().group().equals(GROUP_METRICS)
                        && metric.metricName().name().equals("last-heartbeat-seconds-ago"))
                .map(Metric::metricValue)
                .filter(Objects::nonNull)
                .anyMatch(value -> value instanceof Number seconds
                        && seconds.doubleValue() >= 0
                        && seconds.doubleValue() < RECENT.toSeconds());
    }
}
