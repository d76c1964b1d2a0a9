package dev.netbase.api.testing;

import io.quarkus.test.common.QuarkusTestResourceLifecycleManager;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;

/** What the service stands on in tests: an embedded PostgreSQL, a folder for its files, and no Kafka at all. */
public final class ServiceEnvironment implements QuarkusTestResourceLifecycleManager {
    /** The admin's token. */
    public static final String TOKEN = "test-token-0123456789";

    private EmbeddedPostgres postgres;
    private Path folder;

    @Override
    public Map<String, String> start() {
        try {
            folder = Files.createTempDirectory("asset-api-test");
            Path token = Files.writeString(folder.resolve("admin-token"), TOKEN + "\n");
            postgres = EmbeddedPostgres.builder().start();
            String address = "127.0.0.1:" + postgres.getPort() + "/postgres";
            Map<String, String> settings = new HashMap<>(Map.of(
                    "quarkus.datasource.jdbc.url",
                    "jdbc:postgresql://" + address,
                    "quarkus.datasource.reactive.url",
                    "postgresql://" + address,
                    "quarkus.datasource.username",
                    "postgres",
                    "quarkus.datasource.password",
                    "postgres",
                    "netbase.security.admin-token-file",
                    token.toString(),
                    "netbase.modules.root",
                    folder.resolve("modules").toString(),
                    "netbase.artifacts.root",
                    folder.resolve("artifacts").toString(),
                    "netbase.upload.max-file-size",
                    "4M",
                    "netbase.upload.max-version-size",
                    "6M",
                    "kafka.bootstrap.servers",
                    "127.0.0.1:" + closedPort()));
            settings.put("quarkus.http.test-port", "0");
            settings.put("netbase.events.max-streams", "8");
            settings.put("netbase.webhooks.allowed-origins", "https://*.example.com,http://127.0.0.1:9000");
            return settings;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void stop() {
        try {
            if (postgres != null) {
                postgres.close();
            }
            try (Stream<Path> files = Files.walk(folder)) {
                files.sorted(Comparator.reverseOrder())
                        .forEach(file -> file.toFile().delete());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int closedPort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
