package dev.netbase.scheduler.platform;

import dev.netbase.model.testing.TestBroker;
import dev.netbase.model.testing.TestDatabase;
import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** A real PostgreSQL with the schema and a real Kafka broker for the service under test. */
public final class BackingServices implements QuarkusTestResourceLifecycleManager {
    private static TestDatabase database;
    private static TestBroker broker;

    static TestDatabase database() {
        return database;
    }

    static String brokers() {
        return broker.bootstrapServers();
    }

    @Override
    public Map<String, String> start() {
        database = TestDatabase.migrated();
        broker = TestBroker.shared();
        try {
            Path artifacts = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "artifacts-");
            Map<String, String> settings = new HashMap<>(Map.of(
                    "quarkus.datasource.reactive.url",
                    database.reactiveUrl(),
                    "quarkus.datasource.username",
                    database.user(),
                    "quarkus.datasource.password",
                    database.password(),
                    "kafka.bootstrap.servers",
                    broker.bootstrapServers(),
                    "netbase.scheduler.recheck-after",
                    "500ms",
                    "netbase.scheduler.sweep-interval",
                    "200ms",
                    "netbase.scheduler.resend-after",
                    "2s",
                    "netbase.scheduler.relay-after",
                    "500ms",
                    "netbase.artifacts.root",
                    artifacts.toString(),
                    "quarkus.http.test-port",
                    "0"));
            settings.put("netbase.scheduler.max-trigger-bytes", "200000");
            settings.put("netbase.scheduler.agent-limits.limited", "2");
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        // The server and the broker end with the JVM.
    }
}
