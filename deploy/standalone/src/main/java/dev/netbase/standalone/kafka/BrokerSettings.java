package dev.netbase.standalone.kafka;

import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;

/** The broker's configuration: one node that is broker and controller, on loopback only, sized for one machine. */
final class BrokerSettings {
    private BrokerSettings() {}

    /** Ports may differ from one start to the next: a static quorum of one names its controller only here. */
    static Properties of(Path data, int port, int advertisedPort, int controllerPort) {
        Properties settings = new Properties();
        settings.putAll(Map.of(
                "process.roles",
                "broker,controller",
                "node.id",
                "1",
                "controller.quorum.voters",
                "1@127.0.0.1:" + controllerPort,
                "listeners",
                "PLAINTEXT://127.0.0.1:" + port + ",CONTROLLER://127.0.0.1:" + controllerPort,
                "advertised.listeners",
                "PLAINTEXT://127.0.0.1:" + advertisedPort,
                "controller.listener.names",
                "CONTROLLER",
                "log.dirs",
                data.toString(),
                "auto.create.topics.enable",
                "false"));
        settings.putAll(Map.of(
                "offsets.topic.replication.factor", "1",
                "offsets.topic.num.partitions", "4",
                "transaction.state.log.replication.factor", "1",
                "transaction.state.log.min.isr", "1",
                "transaction.state.log.num.partitions", "2",
                "share.coordinator.state.topic.replication.factor", "1",
                "share.coordinator.state.topic.min.isr", "1",
                "group.initial.rebalance.delay.ms", "0"));
        // A broker that was killed may come back as soon as its last session is over; the default is 9 s.
        settings.putAll(Map.of("broker.session.timeout.ms", "3000", "broker.heartbeat.interval.ms", "500"));
        settings.putAll(Map.of(
                "log.segment.bytes", Integer.toString(64 << 20),
                "log.index.size.max.bytes", Integer.toString(1 << 20),
                "log.cleaner.dedupe.buffer.size", Integer.toString(4 << 20),
                "num.network.threads", "2",
                "num.io.threads", "4",
                "metadata.log.segment.bytes", Integer.toString(16 << 20)));
        return settings;
    }
}
