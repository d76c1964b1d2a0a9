package dev.netbase.worker.platform;

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
    private static Path folder;

    static TestDatabase database() {
        return database;
    }

    static TestBroker broker() {
        return TestBroker.shared();
    }

    static Path modulesRoot() {
        return folder.resolve("modules");
    }

    static Path workspacesRoot() {
        return folder.resolve("workspaces");
    }

    @Override
    public Map<String, String> start() {
        database = TestDatabase.migrated();
        try {
            folder = Files.createTempDirectory(Path.of("target").toAbsolutePath(), "service-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Map<String, String> settings = new HashMap<>(dataSource());
        settings.putAll(Map.of(
                "quarkus.datasource.reactive.url", database.reactiveUrl(),
                "quarkus.datasource.username", database.user(),
                "quarkus.datasource.password", database.password(),
                "kafka.bootstrap.servers", broker().bootstrapServers(),
                "netbase.modules.root", modulesRoot().toString(),
                "netbase.artifacts.root", folder.resolve("artifacts").toString(),
                "netbase.workspaces.root", workspacesRoot().toString(),
                "netbase.cache.root", folder.resolve("cache").toString(),
                "netbase.worker.lease", "3s",
                "quarkus.http.test-port", "0"));
        return settings;
    }

    /** For scripts, the worker's own database: so the operator must say that it may be that. */
    private static Map<String, String> dataSource() {
        String prefix = "netbase.sql.data-sources.own-data.";
        return Map.of(
                prefix + "url", database.reactiveUrl(),
                prefix + "username", database.user(),
                prefix + "password", database.password(),
                prefix + "allow-superuser", "true",
                prefix + "allow-netbase-database", "true");
    }

    @Override
    public void stop() {
        // The server and the broker end with the JVM.
    }
}
